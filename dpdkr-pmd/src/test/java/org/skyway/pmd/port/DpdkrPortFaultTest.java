package org.skyway.pmd.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// What a port does when its peer, its switch or its region is not as it should be, and when links
/// and regions are taken away.
@Timeout(60)
class DpdkrPortFaultTest extends LinkedPorts {
    @Test
    void senderThatLeavesTheEndOutHoldsUpNobody() {
        toBypass(1);
        sender.send(1, 3);
        startReading(1);
        receiver.toVnf.mark(Mark.of(Mark.Kind.TO_NORMAL, RECEIVER_SLOT, 1));
        receiver.deliver(4);
        assertArrayEquals(new long[] {1, 2, 3}, receiver.receive(32));
        long[] got = receiver.receive(32);
        assertArrayEquals(new long[] {4}, got.length == 0 ? receiver.receive(32) : got);
        assertTrue(receiver.port.takeFault().text().contains("no END of epoch 1"));
        assertEquals(0, receiver.control.ended(RECEIVER_SLOT));
    }

    @Test
    void wrongMarkInTheBypassEndsTheLinkOnly() {
        startReading(5);
        toBypass(4);
        sender.send(1, 1);
        toNormal(6);
        sender.port.poll();
        assertArrayEquals(new long[] {1}, receiver.receive(32));
        receiver.deliver(2);
        assertArrayEquals(new long[] {2}, receiver.receive(32));
        String fault = receiver.port.takeFault().text();
        assertTrue(fault.contains("link-7") && fault.contains("epoch 5"), fault);
    }

    @Test
    void garbageInTheBypassEndsTheLinkOnly() {
        startReading(1);
        receiver.receive(32);
        long ring = link.address() + RegionHeader.FIRST_RING_OFFSET;
        Memory.putLong(ring + 512, 0x7777_7777_7777_7777L);
        Memory.putLongRelease(ring + 128, 40);
        receiver.deliver(2);
        assertArrayEquals(new long[] {2}, receiver.receive(32));
        String fault = receiver.port.takeFault().text();
        assertTrue(fault.contains("link-7") && fault.contains("type 119"), fault);
        assertNull(receiver.port.takeFault());
        // The mark back finds nothing to wait for.
        receiver.toVnf.mark(Mark.of(Mark.Kind.TO_NORMAL, RECEIVER_SLOT, 1));
        receiver.deliver(3);
        assertArrayEquals(new long[] {3}, receiver.receive(32));
    }

    @Test
    void senderLeavesABypassWhoseReaderWritesGarbage() {
        toBypass(1);
        sender.send(1, 1);
        assertEquals(Mark.of(Mark.Kind.TO_BYPASS, SENDER_SLOT, 1), sender.takenMark());
        Memory.putLongRelease(link.address() + RegionHeader.FIRST_RING_OFFSET + 256, 1L << 40);
        int tries = 0;
        while (sender.taken().length == 0 && tries++ < CELLS) {
            sender.send(1, 32);
        }
        assertTrue(tries < CELLS);
        assertTrue(sender.port.takeFault().text().contains("link-2"));
        long command = toNormal(2);
        sender.port.poll();
        assertEquals(command, sender.control.obeyed());
    }

    @Test
    void garbageInTheNormalRingEndsThePort() {
        Memory.putLongRelease(receiver.region.address() + ringToVnf() + 128, -5);
        var e = assertThrows(PortFaultException.class, () -> receiver.receive(32));
        assertTrue(e.getMessage().contains("port receiver"), e.getMessage());
        Memory.putLongRelease(
                sender.region.address() + RegionHeader.FIRST_RING_OFFSET + 256, 1L << 40);
        e =
                assertThrows(
                        PortFaultException.class,
                        () -> {
                            while (true) {
                                sender.send(1, 32);
                            }
                        });
        assertTrue(e.getMessage().contains("port sender"), e.getMessage());
    }

    @Test
    void detachedSenderGoesOnInTheNormalRing() throws Exception {
        toBypass(1);
        sender.send(1, 1);
        sender.takenMark();
        sender.detach(SENDER_SLOT);
        sender.send(2, 1);
        assertArrayEquals(new long[] {2}, sender.taken());
        sender.detach(SENDER_SLOT); // nothing left to do
    }

    @Test
    void linkIsNotTakenAwayUnderAPacketInUse() throws Exception {
        toBypass(1);
        sender.send(77, 1);
        startReading(1);
        long[] addresses = new long[1];
        int[] lengths = new int[1];
        while (receiver.port.rxBurst(addresses, lengths, 0, 1) == 0) {}
        var detached = new Thread(this::detachReceiver);
        detached.start();
        for (int i = 0; i < 50; i++) {
            receiver.port.poll();
            Thread.sleep(1);
        }
        assertTrue(detached.isAlive());
        assertEquals(77, Memory.getLong(addresses[0])); // would crash if it were unmapped
        while (detached.isAlive()) {
            receiver.receive(1);
        }
    }

    @Test
    void markOfAnUnknownLinkIsSkipped() {
        receiver.toVnf.mark(Mark.of(Mark.Kind.TO_BYPASS, 9, 1));
        receiver.toVnf.mark(Mark.of(Mark.Kind.TO_BYPASS, 999, 1));
        receiver.toVnf.mark(Mark.of(Mark.Kind.TO_NORMAL, 9, 1));
        receiver.deliver(1);
        assertArrayEquals(new long[] {1}, receiver.receive(32));
        assertEquals(3, receiver.port.skippedMarks());
    }

    @Test
    void linkWithTamperedFrameSizeIsRefused() {
        Memory.putInt(link.address() + RegionHeader.FIRST_RING_OFFSET + 12, 8000);
        try (PortRig other = new PortRig(dir, "other", CELLS)) {
            var e = assertThrows(RingFormatException.class, () -> other.attach(0, link, true));
            assertTrue(
                    e.getMessage().contains("8000") && e.getMessage().contains("2048"),
                    e.getMessage());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void slotOutOfRangeIsRefused() {
        var e = assertThrows(RingFormatException.class, () -> sender.attach(16, link, true));
        assertTrue(e.getMessage().contains("16"), e.getMessage());
    }

    @Test
    void linkRegionIsNoPortRegion() throws Exception {
        try (Region region = Region.open(link.path(), link.sizeBytes())) {
            assertThrows(RingFormatException.class, () -> PmdPort.open(region, "x"));
        }
    }

    @Test
    void portMovesToTheRegionOfANewSwitch() throws Exception {
        toBypass(1);
        sender.send(1, 1);
        try (PortRig fresh = new PortRig(dir, "fresh", CELLS)) {
            Region region = Region.open(fresh.region.path(), fresh.region.sizeBytes());
            var moved =
                    new Thread(() -> {
                        try {
                            sender.port.move(region);
                        } catch (IOException | InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    });
            moved.start();
            while (moved.isAlive()) {
                sender.receive(32);
            }
            assertEquals(1, sender.send(2, 1));
            assertArrayEquals(new long[] {2}, fresh.taken());
            fresh.control.command(ControlBlock.command(Mode.NORMAL, 0, 5));
            sender.port.poll();
            assertEquals(5, ControlBlock.epoch(fresh.control.obeyed()));
        }
    }

    private long ringToVnf() {
        return Memory.getLong(receiver.region.address() + 40);
    }

    private void detachReceiver() {
        try {
            receiver.port.detach(RECEIVER_SLOT);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
