package org.skyway.vswitch.observe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureTest {
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment packet = arena.allocate(2048, 64);
    private final long[] addresses = {packet.address(), packet.address()};

    @Test
    void packetsComeInOrderAndAreCutShort() {
        Capture capture = new Capture(10);
        for (int i = 0; i < 100; i++) {
            packet.set(ValueLayout.JAVA_BYTE, i, (byte) i);
        }
        capture.received(null, 0, addresses, new int[] {64, 7}, 2);
        capture.sent(null, 0, addresses, new int[] {5, 100}, 1, 1);
        List<String> seen = new ArrayList<>();
        int n =
                capture.read(
                        (time, received, length, data) -> {
                            seen.add((received ? "in " : "out ") + length + " " + data.length);
                            for (int i = 0; i < data.length; i++) {
                                assertEquals(i, data[i]);
                            }
                        },
                        100);
        assertEquals(3, n);
        assertEquals(List.of("in 64 10", "in 7 7", "out 100 10"), seen);
        assertEquals(3, capture.seen());
        assertEquals(0, capture.dropped());
    }

    @Test
    void whatFindsNoRoomIsCountedAndTheRestIsWhole() {
        Capture capture = new Capture(2048);
        int[] lengths = {1500, 1500};
        for (int i = 0; i < 10_000; i++) {
            capture.received(null, 0, addresses, lengths, 2);
        }
        long[] came = new long[1];
        while (capture.read((time, received, length, data) -> came[0]++, 1000) > 0) {}
        assertTrue(came[0] > 1000, "there was room for " + came[0]);
        assertEquals(20_000, capture.seen());
        assertEquals(20_000, came[0] + capture.dropped());
    }

    @Test
    void blocksAreWholeAndSayTheirLengthTwice() {
        PcapngWriter out = new PcapngWriter();
        out.begin("vnf1", 65_535);
        out.packet(1_234_567_890_123L, true, 5, new byte[] {1, 2, 3, 4, 5});
        out.packet(1_234_567_890_124L, false, 100, new byte[4]);
        out.statistics(1_234_567_890_125L, 2, 7);
        ByteBuffer bytes = ByteBuffer.wrap(out.take()).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> types = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int at = bytes.position();
            types.add(bytes.getInt(at));
            int length = bytes.getInt(at + 4);
            assertEquals(0, length % 4);
            assertEquals(length, bytes.getInt(at + length - 4));
            if (types.getLast() == PcapngWriter.PACKET && types.size() == 3) {
                long time =
                        ((long) bytes.getInt(at + 12) << 32) | bytes.getInt(at + 16) & 0xffffffffL;
                assertEquals(1_234_567_890_123L, time);
                byte[] data = new byte[5];
                bytes.get(at + 28, data);
                assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, data);
            }
            bytes.position(at + length);
        }
        assertEquals(
                List.of(
                        PcapngWriter.SECTION,
                        PcapngWriter.INTERFACE,
                        PcapngWriter.PACKET,
                        PcapngWriter.PACKET,
                        PcapngWriter.STATISTICS),
                types);
        assertEquals(0, out.size());
    }
}
