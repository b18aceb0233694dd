package org.skyway.pmd.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// What a port does with commands, marks and packets, step by step.
@Timeout(60)
class DpdkrPortTest extends LinkedPorts {
    @Test
    void packetsGoThroughTheSwitchAtFirst() {
        assertEquals(3, sender.send(1, 3));
        assertArrayEquals(new long[] {1, 2, 3}, sender.taken());
        assertEquals(0, sender.statistics.txPackets());
        assertTrue(receiver.deliver(9));
        assertArrayEquals(new long[] {9}, receiver.receive(32));
        assertEquals(0, receiver.receive(32).length);
    }

    @Test
    void senderMarksTheNormalRingBeforeItUsesTheBypass() {
        sender.send(1, 2);
        long command = toBypass(1);
        sender.send(3, 2);
        assertEquals(command, sender.control.obeyed());
        assertArrayEquals(new long[] {1, 2}, sender.taken());
        assertEquals(Mark.of(Mark.Kind.TO_BYPASS, SENDER_SLOT, 1), sender.takenMark());
        assertEquals(0, sender.taken().length);
        startReading(1);
        assertArrayEquals(new long[] {3, 4}, receiver.receive(32));
        assertEquals(2, sender.statistics.txPackets());
        assertEquals(128, sender.statistics.txBytes());
        assertEquals(2, receiver.statistics.rxPackets(RECEIVER_SLOT));
        assertEquals(128, receiver.statistics.rxBytes(RECEIVER_SLOT));
    }

    @Test
    void receiverDoesNotReadTheBypassBeforeTheMark() {
        toBypass(1);
        sender.send(1, 1);
        assertEquals(0, receiver.receive(32).length);
        receiver.deliver(0);
        startReading(1);
        assertArrayEquals(new long[] {0}, receiver.receive(32));
        assertArrayEquals(new long[] {1}, receiver.receive(32));
    }

    @Test
    void idleVnfObeysWhileItOnlyReceives() {
        long command = toBypass(1);
        sender.receive(32);
        assertEquals(command, sender.control.obeyed());
    }

    @Test
    void vnfObeysWhileItOnlyPolls() {
        long command = toBypass(1);
        sender.port.poll();
        assertEquals(command, sender.control.obeyed());
    }

    @Test
    void senderEndsTheBypassBeforeItGoesBack() {
        toBypass(1);
        sender.send(1, 2);
        long command = toNormal(2);
        sender.send(3, 1);
        assertEquals(command, sender.control.obeyed());
        assertEquals(Mark.of(Mark.Kind.TO_BYPASS, SENDER_SLOT, 1), sender.takenMark());
        // The marks have the epoch of the bypass that ends, not of the command that ends it.
        assertEquals(Mark.of(Mark.Kind.TO_NORMAL, SENDER_SLOT, 1), sender.takenMark());
        assertArrayEquals(new long[] {3}, sender.taken());
        startReading(1);
        assertArrayEquals(new long[] {1, 2}, receiver.receive(32));
        assertEquals(0, receiver.control.ended(RECEIVER_SLOT));
        assertEquals(0, receiver.receive(32).length);
        assertEquals(1, receiver.control.ended(RECEIVER_SLOT));
        assertEquals(2, sender.statistics.txPackets());
    }

    @Test
    void normalRingWaitsUntilTheBypassIsDrained() {
        toBypass(1);
        sender.send(1, 40);
        toNormal(2);
        sender.port.poll();
        startReading(1);
        receiver.toVnf.mark(Mark.of(Mark.Kind.TO_NORMAL, RECEIVER_SLOT, 1));
        receiver.deliver(41);
        long expected = 1;
        while (expected <= 41) {
            for (long number : receiver.receive(8)) {
                assertEquals(expected++, number);
            }
        }
        assertNull(receiver.port.takeFault());
    }

    @Test
    void bypassThatWasEndedBeforeItWasBegunIsNoFault() {
        // The sender stood still before its first mark, was cut off, and then did all at once.
        receiver.control.limit(RECEIVER_SLOT, 1, 0, 77);
        toBypass(1);
        sender.send(1, 1);
        toNormal(2);
        sender.port.poll();
        receiver.receive(32);
        assertEquals(77, receiver.control.rxObeyed());
        startReading(1);
        receiver.toVnf.mark(Mark.of(Mark.Kind.TO_NORMAL, RECEIVER_SLOT, 1));
        receiver.deliver(2);
        long[] came = {};
        for (int i = 0; i < 4 && came.length == 0; i++) {
            came = receiver.receive(32);
        }
        assertArrayEquals(new long[] {2}, came, "nothing behind the limit, and what comes later");
        assertNull(receiver.port.takeFault());
        assertEquals(1, receiver.control.ended(RECEIVER_SLOT));
    }

    @Test
    void markBackToNormalIsSkippedIfTheEndCameFirst() {
        toBypass(1);
        sender.send(1, 1);
        toNormal(2);
        sender.port.poll();
        startReading(1);
        assertArrayEquals(new long[] {1}, receiver.receive(32));
        assertEquals(0, receiver.receive(32).length);
        assertEquals(1, receiver.control.ended(RECEIVER_SLOT));
        receiver.toVnf.mark(Mark.of(Mark.Kind.TO_NORMAL, RECEIVER_SLOT, 1));
        receiver.deliver(2);
        assertArrayEquals(new long[] {2}, receiver.receive(32));
    }

    @Test
    void linkCanBeTakenAgain() {
        for (int epoch = 1; epoch < 200; epoch += 2) {
            toBypass(epoch);
            sender.send(epoch, 1);
            toNormal(epoch + 1);
            sender.send(epoch + 1, 1);
            assertEquals(Mark.of(Mark.Kind.TO_BYPASS, SENDER_SLOT, epoch), sender.takenMark());
            assertEquals(Mark.of(Mark.Kind.TO_NORMAL, SENDER_SLOT, epoch), sender.takenMark());
            assertArrayEquals(new long[] {epoch + 1}, sender.taken());
            startReading(epoch);
            receiver.toVnf.mark(Mark.of(Mark.Kind.TO_NORMAL, RECEIVER_SLOT, epoch));
            receiver.deliver(epoch + 1);
            assertArrayEquals(new long[] {epoch}, receiver.receive(32));
            long[] then = receiver.receive(32);
            assertArrayEquals(
                    new long[] {epoch + 1}, then.length == 0 ? receiver.receive(32) : then);
        }
        assertNull(receiver.port.takeFault());
    }

    @Test
    void nothingIsSentWhileAMarkFindsNoRoom() {
        while (sender.send(0, 1) == 1) {}
        // Each command leaves one mark in the full normal ring.
        int epoch = 0;
        do {
            epoch++;
            toBypassOrNormal(epoch);
            sender.port.poll();
        } while (sender.control.obeyed() == sender.control.command());
        assertEquals(RingLayout.RESERVED_CELLS + 1, epoch);
        assertEquals(0, sender.send(1, 1));
        startReading(1);
        assertEquals(0, receiver.receive(32).length); // nor in the bypass ring
        sender.taken();
        assertEquals(1, sender.send(1, 1));
        assertEquals(sender.control.command(), sender.control.obeyed());
    }

    @Test
    void commandForAnUnknownLinkIsNotObeyed() {
        long bypass = ControlBlock.command(Mode.BYPASS, 3, 1);
        sender.control.command(bypass);
        assertEquals(1, sender.send(1, 1));
        assertEquals(0, sender.control.obeyed());
        assertArrayEquals(new long[] {1}, sender.taken());
        sender.control.command(ControlBlock.command(Mode.BYPASS, 255, 2));
        assertEquals(1, sender.send(2, 1));
        assertEquals(0, sender.control.obeyed());
        long normal = toNormal(3);
        sender.port.poll();
        assertEquals(normal, sender.control.obeyed());
        assertArrayEquals(new long[] {2}, sender.taken());
        assertEquals(0, sender.takenMark());
    }

    @Test
    void abandonTouchesNoRing() {
        toBypass(1);
        sender.send(1, 1);
        assertEquals(Mark.of(Mark.Kind.TO_BYPASS, SENDER_SLOT, 1), sender.takenMark());
        long command = ControlBlock.command(Mode.ABANDON, SENDER_SLOT, 2);
        sender.control.command(command);
        sender.send(2, 1);
        assertEquals(command, sender.control.obeyed());
        assertArrayEquals(new long[] {2}, sender.taken());
        assertEquals(0, sender.takenMark());
        startReading(1);
        assertArrayEquals(new long[] {1}, receiver.receive(32));
        assertEquals(0, receiver.receive(32).length);
        assertEquals(0, receiver.control.ended(RECEIVER_SLOT));
    }

    @Test
    void bothChannelsAreReadFairly() {
        toBypass(1);
        startReading(1);
        receiver.receive(1);
        int direct = 0;
        int normal = 0;
        for (int i = 0; i < 200; i++) {
            sender.send(1_000, 32);
            while (receiver.deliver(0)) {}
            for (long number : receiver.receive(16)) {
                if (number >= 1_000) {
                    direct++;
                } else {
                    normal++;
                }
            }
        }
        assertEquals(200 * 16, direct + normal);
        assertEquals(direct, normal);
    }

    @Test
    void onePacketOfTheNormalChannelComesWithinTwoPollsOfASaturatedBypass() {
        toBypass(1);
        startReading(1);
        receiver.receive(1);
        for (int burst : new int[] {1, 2, 7, 32}) {
            for (int i = 0; i < 200; i++) {
                while (sender.send(1_000, 32) == 32) {}
                assertTrue(receiver.deliver(7)); // a packet-out, or a third port's
                boolean came = false;
                for (int poll = 0; poll < 2; poll++) {
                    for (long number : receiver.receive(burst)) {
                        came |= number == 7;
                    }
                }
                assertTrue(came, "bursts of " + burst + ", round " + i);
            }
        }
    }

    @Test
    void onePacketOfTheBypassComesWithinTwoPollsOfASaturatedNormalChannel() {
        toBypass(1);
        startReading(1);
        receiver.receive(1);
        for (int burst : new int[] {1, 2, 7, 32}) {
            for (int i = 0; i < 200; i++) {
                while (receiver.deliver(0)) {}
                assertEquals(1, sender.send(1_000, 1));
                boolean came = false;
                for (int poll = 0; poll < 2; poll++) {
                    for (long number : receiver.receive(burst)) {
                        came |= number == 1_000;
                    }
                }
                assertTrue(came, "bursts of " + burst + ", round " + i);
            }
        }
    }

    @Test
    void burstOfOneStarvesNobody() {
        toBypass(1);
        startReading(1);
        receiver.receive(1);
        int direct = 0;
        for (int i = 0; i < 100; i++) {
            sender.send(1_000, 1);
            receiver.deliver(0);
            long[] got = receiver.receive(1);
            assertEquals(1, got.length);
            direct += got[0] == 1_000 ? 1 : 0;
        }
        assertEquals(50, direct);
    }

    @Test
    void burstIsFilledFromOneChannelIfTheOtherIsIdle() {
        toBypass(1);
        startReading(1);
        receiver.receive(1);
        for (int i = 0; i < 10; i++) {
            sender.send(1, 32);
            assertEquals(32, receiver.receive(32).length);
        }
    }

    @Test
    void sixteenSendersAreReadInTurn() throws Exception {
        try (PortRig all = new PortRig(dir, "all", CELLS)) {
            PortRig[] senders = new PortRig[ControlBlock.SLOTS];
            for (int slot = 0; slot < senders.length; slot++) {
                senders[slot] = new PortRig(dir, "s" + slot, CELLS);
                try (Region region = PortRig.createLink(dir, "l" + slot, CELLS)) {
                    senders[slot].attach(0, region, false);
                    all.attach(slot, region, true);
                }
                senders[slot].control.command(ControlBlock.command(Mode.BYPASS, 0, 1));
                all.toVnf.mark(Mark.of(Mark.Kind.TO_BYPASS, slot, 1));
            }
            int[] got = new int[senders.length];
            for (int i = 0; i < 170; i++) {
                for (int slot = 0; slot < senders.length; slot++) {
                    senders[slot].send(slot, 1);
                }
                for (long number : all.receive(17)) {
                    got[(int) number]++;
                }
            }
            for (int slot = 0; slot < senders.length; slot++) {
                assertTrue(got[slot] > 140, "slot " + slot + " gave " + got[slot]);
                senders[slot].close();
            }
        }
    }

    @Test
    void roomIsForSoManySmallPackets() {
        int room = 0;
        while (sender.port.txHasRoom(room + 1)) {
            room++;
        }
        assertEquals(CELLS - RingLayout.RESERVED_CELLS, room);
        assertEquals(10, sender.send(0, 10));
        assertTrue(sender.port.txHasRoom(room - 10));
        assertFalse(sender.port.txHasRoom(room - 9));
        sender.taken();
        assertTrue(sender.port.txHasRoom(room));
        Memory.putLongRelease(
                sender.region.address() + RegionHeader.FIRST_RING_OFFSET + 256, 1L << 40);
        assertThrows(PortFaultException.class, () -> sender.port.txHasRoom(CELLS));
    }

    @Test
    void refusedPacketsAreCountedEachTry() {
        while (sender.send(0, 1) == 1) {}
        long refused = sender.statistics.txRefused();
        assertEquals(1, refused);
        assertEquals(0, sender.send(0, 5));
        assertEquals(6, sender.statistics.txRefused());
    }

    @Test
    void countersGoOnWhereAnEarlierDriverStopped() throws Exception {
        try (PortRig again = new PortRig(dir, "again", CELLS)) {
            again.statistics.rx(3, 100, 6400);
            again.statistics.tx(50, 3200);
            PmdPort restarted =
                    PmdPort.open(
                            Region.open(again.region.path(), again.region.sizeBytes()), "again");
            restarted.poll();
            assertEquals(50, again.statistics.txPackets());
            assertEquals(100, again.statistics.rxPackets(3));
            restarted.close();
        }
    }

    @Test
    void pollingPortShowsThatItIsAlive() {
        long before = sender.control.alive();
        for (int i = 0; i < 2048; i++) {
            sender.port.poll();
        }
        assertNotEquals(before, sender.control.alive());
    }

    @Test
    void drainedWhenTheReaderHasTakenAll() {
        assertTrue(sender.port.txDrained());
        sender.send(1, 1);
        assertFalse(sender.port.txDrained());
        sender.taken();
        assertTrue(sender.port.txDrained());
        toBypass(1);
        sender.port.poll();
        sender.takenMark();
        sender.send(1, 1);
        assertFalse(sender.port.txDrained());
        startReading(1);
        assertArrayEquals(new long[] {1}, receiver.receive(32));
        receiver.receive(32); // gives the packet back
        assertTrue(sender.port.txDrained());
    }

    private void toBypassOrNormal(int epoch) {
        if (epoch % 2 == 1) {
            toBypass(epoch);
        } else {
            toNormal(epoch);
        }
    }
}
