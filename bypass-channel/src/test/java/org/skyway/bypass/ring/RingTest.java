package org.skyway.bypass.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Memory;

class RingTest {
    private static final int CELLS = 512;
    private static final int FOR_PACKETS = CELLS - RingLayout.RESERVED_CELLS;

    @TempDir Path dir;
    private RingRig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new RingRig(dir, CELLS, 2048);
    }

    @AfterEach
    void close() {
        assertNull(rig.producer.fault());
        assertNull(rig.consumer.fault());
        assertTrue(rig.guardsAreIntact());
        rig.close();
    }

    @Test
    void newRingIsEmpty() {
        assertEquals(0, rig.peek(32));
        assertEquals(0, rig.consumer.mark());
        assertTrue(rig.consumer.isEmpty());
        assertEquals(0, rig.producer.usedCells());
    }

    @Test
    void everyLengthArrivesAsItWasSent() {
        for (int length = 1; length <= 2048; length++) {
            rig.make(0, length, length);
            assertEquals(1, rig.offer(1));
            assertEquals(1, rig.peek(32));
            assertEquals(length, rig.shownLengths[0]);
            assertTrue(RingRig.is(rig.shown[0], length, length), "length " + length);
            assertTrue(rig.isInside(0));
            rig.consumer.release();
        }
    }

    @Test
    void bytesBehindAPacketAreNotSent() {
        for (int length = 1; length < 256; length++) {
            rig.make(0, 1, 256); // what follows the packet is somebody else's
            rig.lengths[0] = length;
            assertEquals(1, rig.offer(1));
            assertEquals(1, rig.peek(1));
            for (int at = length; at % 64 != 0; at++) {
                assertTrue(Memory.getByte(rig.shown[0] + at) == 0xa5, "length " + length);
                Memory.putByte(rig.shown[0] + at, 0xa5);
            }
            for (int at = 0; at < length; at++) {
                Memory.putByte(rig.shown[0] + at, 0xa5);
            }
            rig.consumer.release();
        }
    }

    @Test
    void lengthOutOfRangeIsRefusedAndNothingIsSent() {
        for (int length : new int[] {0, -1, 2049, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            rig.make(0, 1, 64);
            rig.lengths[1] = length;
            var e = assertThrows(IllegalArgumentException.class, () -> rig.offer(2));
            assertTrue(e.getMessage().contains(String.valueOf(length)), e.getMessage());
            assertEquals(0, rig.peek(32));
        }
        rig.make(0, 5, 64);
        assertEquals(1, rig.offer(1));
        assertEquals(1, rig.peek(32));
        assertTrue(RingRig.is(rig.shown[0], 64, 5));
    }

    @Test
    void packetNeverWrapsButSkipsTheRest() {
        // 15 packets of 32 cells leave 32 cells; a packet of one more leaves 31, where 32 don't
        // fit.
        for (int i = 0; i < 15; i++) {
            send(i, 2048);
            receive(i, 2048);
        }
        send(15, 64);
        receive(15, 64);
        send(16, 2048);
        assertEquals(32 + 31, rig.producer.usedCells());
        assertEquals(1, rig.peek(32));
        assertEquals(rig.ring + 512 + 8L * CELLS, rig.shown[0]);
        assertTrue(RingRig.is(rig.shown[0], 2048, 16));
        rig.consumer.release();
        assertEquals(0, rig.producer.usedCells());
    }

    @Test
    void fullRingTakesNoMorePackets() {
        for (int i = 0; i < CELLS; i++) {
            rig.make(i, i, 64);
        }
        assertEquals(FOR_PACKETS, rig.offer(CELLS));
        assertEquals(0, rig.offer(1));
        assertEquals(FOR_PACKETS, rig.producer.usedCells());
        assertEquals(10, rig.peek(10));
        assertEquals(0, rig.offer(1), "what is shown is not given back yet");
        rig.consumer.release();
        assertEquals(10, rig.offer(CELLS));
    }

    @Test
    void fullRingStillTakesMarks() {
        for (int i = 0; i < CELLS; i++) {
            rig.make(i, i, 64);
        }
        assertEquals(FOR_PACKETS, rig.offer(CELLS));
        for (int i = 0; i < RingLayout.RESERVED_CELLS; i++) {
            assertTrue(rig.producer.mark(Mark.of(Mark.Kind.TO_BYPASS, 1, i)));
        }
        assertFalse(rig.producer.mark(Mark.of(Mark.Kind.TO_BYPASS, 1, 99)));
        assertEquals(FOR_PACKETS, rig.peek(512));
        for (int i = 0; i < RingLayout.RESERVED_CELLS; i++) {
            rig.peek(512);
            assertEquals(Mark.of(Mark.Kind.TO_BYPASS, 1, i), rig.consumer.mark());
            rig.consumer.takeMark();
        }
        assertEquals(0, rig.producer.usedCells());
        assertTrue(rig.producer.mark(Mark.of(Mark.Kind.TO_BYPASS, 1, 99)));
    }

    @Test
    void marksStayBetweenTheirPackets() {
        send(1, 64);
        assertTrue(rig.producer.mark(Mark.of(Mark.Kind.TO_BYPASS, 3, 4)));
        assertTrue(rig.producer.mark(Mark.of(Mark.Kind.TO_NORMAL, 3, 4)));
        send(2, 64);
        receive(1, 64);
        assertEquals(0, rig.peek(32));
        assertEquals(Mark.of(Mark.Kind.TO_BYPASS, 3, 4), rig.consumer.mark());
        assertEquals(0, rig.peek(32), "a mark stays until it is taken");
        assertEquals(Mark.of(Mark.Kind.TO_BYPASS, 3, 4), rig.consumer.mark());
        assertFalse(rig.consumer.isEmpty());
        rig.consumer.takeMark();
        assertThrows(IllegalStateException.class, () -> rig.consumer.takeMark());
        rig.peek(32);
        assertEquals(Mark.of(Mark.Kind.TO_NORMAL, 3, 4), rig.consumer.mark());
        rig.consumer.takeMark();
        receive(2, 64);
    }

    @Test
    void writtenPacketsShowUpWhenTheyArePublished() {
        rig.make(0, 1, 64);
        rig.make(1, 2, 64);
        assertEquals(1, rig.producer.write(rig.addresses, rig.lengths, 0, 1));
        assertEquals(1, rig.producer.write(rig.addresses, rig.lengths, 1, 1));
        assertEquals(0, rig.peek(32));
        rig.producer.publish();
        assertEquals(2, rig.peek(32));
        assertTrue(RingRig.is(rig.shown[1], 64, 2));
        rig.consumer.release();
        rig.producer.write(rig.addresses, rig.lengths, 0, 1);
        assertTrue(rig.producer.mark(Mark.of(Mark.Kind.END, 0, 1)), "publishes what is before it");
        assertEquals(1, rig.peek(32));
    }

    @Test
    void whatWasShownIsNotShownAgain() {
        for (int i = 0; i < 5; i++) {
            send(i, 64);
        }
        assertEquals(2, rig.peek(2));
        assertEquals(2, rig.consumer.peek(rig.shown, rig.shownLengths, 2, 2));
        for (int i = 0; i < 4; i++) {
            assertTrue(RingRig.is(rig.shown[i], 64, i), "packets stay where they are");
        }
        assertEquals(4, rig.consumer.shown());
        assertEquals(5, rig.consumer.written());
        rig.consumer.release();
        receive(4, 64);
    }

    @Test
    void bothEndsGoOnWhereOthersStopped() throws IOException {
        for (int i = 0; i < 100; i++) {
            send(i, 200);
        }
        assertEquals(40, rig.peek(40));
        rig.consumer.release();
        assertEquals(10, rig.peek(10)); // shown, but the reader dies before it gives them back
        rig.attach();
        for (int i = 40; i < 100; i++) {
            receive(i, 200);
        }
        send(100, 64);
        receive(100, 64);
    }

    @Test
    void cursorsRunOnBeyondTheSizeOfAnInt() throws IOException {
        long far = (1L << 40) + 509;
        rig.tail(far);
        rig.head(far);
        rig.attach();
        for (int i = 0; i < 1000; i++) {
            send(i, 1 + i);
            receive(i, 1 + i);
        }
        assertTrue(rig.tail() > far);
    }

    @Test
    void smallRingTakesTheLongestFrameAtEveryOffset() {
        for (int i = 0; i < 2 * CELLS; i++) {
            send(i, 64);
            send(i, 2048);
            receive(i, 64);
            receive(i, 2048);
        }
    }

    private void send(long number, int length) {
        rig.make(0, number, length);
        assertEquals(1, rig.offer(1));
    }

    private void receive(long number, int length) {
        assertEquals(1, rig.peek(1));
        assertEquals(length, rig.shownLengths[0]);
        assertTrue(RingRig.is(rig.shown[0], length, number));
        rig.consumer.release();
    }

    @Test
    void nothingIsShownBeyondALimit() {
        rig.make(0, 1, 64);
        rig.make(1, 2, 64);
        rig.make(2, 3, 64);
        assertEquals(2, rig.offer(2));
        rig.consumer.limit(2);
        assertEquals(1, rig.offer(1));
        assertFalse(rig.consumer.isAtLimit());
        assertEquals(2, rig.peek(32));
        rig.consumer.release();
        assertEquals(0, rig.peek(32));
        assertTrue(rig.consumer.isAtLimit());
        assertTrue(rig.consumer.isEmpty());
        assertEquals(2, rig.consumer.written());
        rig.consumer.unlimit();
        assertEquals(1, rig.peek(32));
        rig.consumer.release();
    }

    @Test
    void limitTakesNothingBackThatWasShown() {
        rig.make(0, 1, 64);
        rig.make(1, 2, 64);
        assertEquals(2, rig.offer(2));
        assertEquals(1, rig.peek(1));
        rig.consumer.limit(0);
        assertTrue(rig.consumer.isAtLimit());
        assertEquals(0, rig.peek(32));
        rig.consumer.release();
        rig.consumer.unlimit();
        assertEquals(1, rig.peek(32));
        rig.consumer.release();
    }

    @Test
    void whatAKilledWriterHadWrittenCanBePublished() {
        send(1, 64);
        rig.make(0, 2, 64);
        assertEquals(1, rig.producer.write(rig.addresses, rig.lengths, 0, 1));
        long written = rig.producer.written();
        receive(1, 64);
        RingLayout.publish(rig.ring, CELLS, written);
        RingLayout.publish(rig.ring, CELLS, written); // again, by one that was killed as well
        receive(2, 64);
        RingLayout.publish(rig.ring, CELLS, written);
        assertEquals(written, RingLayout.tail(rig.ring));
        rig.producer.publish();
    }

    @Test
    void whatAKilledReaderHadReadCanBeGivenBack() {
        send(1, 64);
        send(2, 64);
        assertEquals(1, rig.peek(1));
        RingLayout.release(rig.ring, CELLS, rig.consumer.shown());
        assertEquals(1, rig.producer.usedCells());
        RingLayout.release(rig.ring, CELLS, rig.consumer.shown());
        assertEquals(1, rig.producer.usedCells());
        rig.consumer.release();
        receive(2, 64);
    }

    @Test
    void cursorsThatDoNotGoWithARingStayAsTheyAre() {
        send(1, 64);
        send(2, 64);
        receive(1, 64); // so that head is 1 and tail 2
        for (long tail : new long[] {1, CELLS + 2, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            RingLayout.publish(rig.ring, CELLS, tail);
            assertEquals(2, RingLayout.tail(rig.ring), "tail " + tail);
        }
        for (long head : new long[] {0, 3, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            RingLayout.release(rig.ring, CELLS, head);
            assertEquals(1, Memory.getLong(rig.ring + RingLayout.HEAD_OFFSET), "head " + head);
        }
        Memory.putLong(rig.ring + RingLayout.HEAD_OFFSET, 7); // its VNF's doing
        RingLayout.publish(rig.ring, CELLS, 8);
        RingLayout.release(rig.ring, CELLS, 8);
        assertEquals(2, RingLayout.tail(rig.ring));
        assertEquals(7, Memory.getLong(rig.ring + RingLayout.HEAD_OFFSET));
        Memory.putLong(rig.ring + RingLayout.HEAD_OFFSET, 1);
        receive(2, 64);
    }
}
