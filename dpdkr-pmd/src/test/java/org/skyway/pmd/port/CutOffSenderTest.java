package org.skyway.pmd.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Cut;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// A sender that shows a burst after the switch has ended its bypass: it looked at its command, was
/// stopped, and goes on. Here it is its halves that are called, so nothing looks at the command in
/// between.
class CutOffSenderTest {
    private static final int SLOT = 3;
    private static final int EPOCH = 7;
    private static final int CELLS = 512;
    private static final int BEFORE = 2; // packets that were shown in time
    private static final long LEAVE = ControlBlock.command(Mode.NORMAL, SLOT, EPOCH + 1);

    private final long[] addresses = new long[CELLS];
    private final int[] lengths = new int[CELLS];

    @TempDir Path dir;
    private Region port;
    private Region link;
    private Region scratch;
    private NormalChannel channel;
    private LinkEnd end;
    private Sender sender;
    private RingConsumer atSwitch;

    @BeforeEach
    void goOverToTheBypass() throws Exception {
        RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, 1, CELLS);
        port = Region.create(dir.resolve("port"), header.sizeBytes());
        header.create(port.address());
        link = PortRig.createLink(dir, "link", CELLS);
        scratch = Region.create(dir.resolve("scratch"), 1 << 16);
        channel = NormalChannel.open(port, "port");
        end = LinkEnd.open(SLOT, "link", link, true, channel.maxFrame());
        PmdLinks links = new PmdLinks();
        links.put(end);
        sender = new Sender("port", links, channel);
        long ring = header.firstRing();
        atSwitch = RingConsumer.attach(port.address() + ring, port.sizeBytes() - ring, "from-vnf");
        channel.control().command(ControlBlock.command(Mode.BYPASS, SLOT, EPOCH));
        sender.follow();
        assertEquals(Mark.of(Mark.Kind.TO_BYPASS, SLOT, EPOCH), nextMark());
        assertEquals(BEFORE, send(0, BEFORE));
    }

    @AfterEach
    void close() {
        port.close();
        link.close();
        scratch.close();
    }

    private int send(long number, int count) {
        for (int i = 0; i < count; i++) {
            addresses[i] = scratch.address() + 64L * i;
            lengths[i] = 64;
            Memory.putLong(addresses[i], number + i);
        }
        return sender.send(addresses, lengths, 0, count);
    }

    private long nextMark() {
        assertEquals(0, atSwitch.peek(addresses, lengths, 0, CELLS));
        long mark = atSwitch.mark();
        atSwitch.takeMark();
        return mark;
    }

    private long[] atSwitch() {
        long[] numbers = new long[atSwitch.peek(addresses, lengths, 0, CELLS)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Memory.getLong(addresses[i]);
        }
        atSwitch.release();
        return numbers;
    }

    /// Shows 2, 3 and 4 after the command to leave, while the switch ends the epoch.
    private void sendLate() {
        channel.control().command(LEAVE);
        channel.control().cutting(EPOCH);
        assertEquals(3, send(BEFORE, 3));
        sender.follow();
        assertEquals(Mark.of(Mark.Kind.TO_NORMAL, SLOT, EPOCH), nextMark());
    }

    private boolean hasObeyed() {
        return channel.control().obeyed() == LEAVE;
    }

    private void sendsAgain(long limit, long read, long... numbers) {
        sendLate();
        channel.control().cut(Cut.RETURNED, EPOCH, limit, read);
        sender.follow();
        assertArrayEquals(numbers, atSwitch());
        assertTrue(hasObeyed());
        assertEquals(BEFORE + 3 - numbers.length, channel.statistics().txPackets());
        assertEquals(64 * (BEFORE + 3 - numbers.length), channel.statistics().txBytes());
        send(9, 1);
        assertArrayEquals(new long[] {9}, atSwitch());
    }

    @Test
    void whatLiesBehindTheLimitIsSentAgain() {
        sendsAgain(BEFORE, 0, 2, 3, 4);
    }

    @Test
    void whatWasReadBeforeTheLimitWasNoticedIsNot() {
        sendsAgain(BEFORE, BEFORE + 1, 3, 4);
    }

    @Test
    void norIfThatWasAllOfIt() {
        sendsAgain(BEFORE, BEFORE + 3);
    }

    @Test
    void whatLiesBeforeTheLimitIsDelivered() {
        sendsAgain(BEFORE + 3, 0);
    }

    @Test
    void nothingIsSentWhileItIsNotKnown() {
        sendLate();
        assertFalse(hasObeyed());
        assertTrue(sender.isLeaving(end), "its link is not taken away before");
        assertEquals(0, send(9, 1));
        assertFalse(sender.drained());
        channel.control().cut(Cut.RETURNED, EPOCH, BEFORE, 0);
        assertFalse(sender.isLeaving(end));
        assertTrue(hasObeyed());
    }

    @Test
    void whatMayBeReadIsLeft() {
        sendLate();
        channel.control().cut(Cut.LOST, EPOCH, BEFORE, 0);
        sender.follow();
        assertTrue(hasObeyed());
        assertEquals(0, atSwitch().length);
        assertEquals(BEFORE + 3, channel.statistics().txPackets(), "which the switch counts");
    }

    @Test
    void aSenderThatIsOnlyLateEndsItsBypassByItself() {
        channel.control().command(LEAVE);
        assertEquals(3, send(BEFORE, 3));
        channel.control().cutting(EPOCH - 1); // another link's
        sender.follow();
        assertTrue(hasObeyed());
        assertEquals(BEFORE + 3, channel.statistics().txPackets());
    }

    @Test
    void whoHasNothingToSendAgainWaitsForNothing() {
        channel.control().command(LEAVE);
        channel.control().cutting(EPOCH);
        sender.follow();
        assertTrue(hasObeyed());
    }

    @Test
    void itIsTheSendersCopyThatIsSentAgain() {
        sendLate();
        Memory.clear(link.address() + RegionHeader.FIRST_RING_OFFSET, 1 << 16);
        channel.control().cut(Cut.RETURNED, EPOCH, BEFORE, 0);
        sender.follow();
        assertArrayEquals(new long[] {2, 3, 4}, atSwitch());
    }

    @Test
    void whatFindsNoRoomIsSentLater() {
        channel.control().command(LEAVE);
        channel.control().cutting(EPOCH);
        channel.control().cut(Cut.RETURNED, EPOCH, BEFORE, 0);
        assertEquals(3, send(BEFORE, 3));
        addresses[0] = scratch.address();
        lengths[0] = 64;
        int fillers = -2; // room for two
        while (channel.toSwitch().offer(addresses, lengths, 0, 1) == 1) {
            fillers++;
        }
        assertEquals(0, fillers + 2 - (CELLS - 16));
        assertEquals(1, atSwitch.peek(addresses, lengths, 0, 1));
        assertEquals(1, atSwitch.peek(addresses, lengths, 0, 1));
        atSwitch.release();
        sender.follow();
        assertNotEquals(LEAVE, channel.control().obeyed());
        assertEquals(fillers, atSwitch().length);
        assertEquals(Mark.of(Mark.Kind.TO_NORMAL, SLOT, EPOCH), nextMark());
        long sent = atSwitch().length;
        sender.follow();
        assertTrue(hasObeyed());
        assertEquals(3, sent + atSwitch().length);
        assertEquals(BEFORE, channel.statistics().txPackets());
    }
}
