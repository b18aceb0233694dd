package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Cut;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.experiments.hostile.RawVnf;
import org.skyway.ivshmem.region.Memory;

/// What the switch makes true without a VNF's help. The VNF at port 1 does what its test says;
/// those at ports 2 to 4 have drivers.
@Timeout(120)
class EnforcementTest {
    private static final String FORTH = "priority=100,in_port=1,actions=output:2";
    private static final String DROP = "priority=200,in_port=1,actions=drop";

    private final Arena arena = Arena.ofAuto();
    private final long frame = arena.allocate(64, 64).address();
    private long number;

    /// Sends numbered frames as [Endpoint] expects them.
    private int send(RingProducer ring, int count) {
        int sent = 0;
        for (int i = 0; i < count; i++) {
            Memory.putLongBE(frame, 0x0200_0000_0002_0200L);
            Memory.putLongBE(frame + 8, 0x0000_0001_88b5_0000L);
            Memory.putLong(frame + 32, number);
            int taken = ring.offer(new long[] {frame}, new int[] {64}, 0, 1);
            number += taken;
            sent += taken;
        }
        return sent;
    }

    /// Begins to use the bypass as a driver does.
    private RingProducer begin(SwitchBed bed, RawVnf vnf) throws Exception {
        bed.addFlow(FORTH);
        bed.await(
                () -> ControlBlock.mode(vnf.control().command()) == ControlBlock.Mode.BYPASS,
                "command to begin");
        long command = vnf.control().command();
        int slot = ControlBlock.slot(command);
        RingProducer toSwitch = vnf.toSwitch();
        assertTrue(toSwitch.mark(Mark.of(Mark.Kind.TO_BYPASS, slot, ControlBlock.epoch(command))));
        RingProducer bypass = vnf.links().get(slot).producer();
        vnf.control().obeyed(command);
        bed.awaitLinks(1);
        return bypass;
    }

    @Test
    void senderThatDoesNotObeyLosesItsReceiverAtTheDeadline() throws Exception {
        try (SwitchBed bed = new SwitchBed(2);
                RawVnf a = RawVnf.open(bed.directory(), "vnf1");
                Endpoint b = new Endpoint(bed.open("vnf2"))) {
            RingProducer bypass = begin(bed, a);
            final int epoch = ControlBlock.epoch(a.control().command());
            assertEquals(100, send(bypass, 100));
            a.statistics().tx(100, 6400);
            bed.await(() -> b.received == 100, "what it sent before");
            assertEquals(Cut.NONE, a.control().cut(epoch));
            long before = System.nanoTime();
            bed.addFlow(DROP); // returns when it is effective
            long millis = (System.nanoTime() - before) / 1_000_000;
            assertTrue(millis >= 1900 && millis < 4000, "after " + millis + " ms");
            bed.await(() -> a.control().cut(epoch) == Cut.RETURNED, "word of what was read");
            assertEquals(100, a.control().cutRead());
            assertEquals(bypass.written(), a.control().cutAt());
            send(bypass, 50);
            a.statistics().tx(150, 9600);
            Thread.sleep(100);
            assertEquals(100, b.received, "nothing of what it still writes is delivered");
            assertEquals(100, bed.packetsOf(FORTH));
            assertNull(b.wrong);
            a.control().obeyed(a.control().command()); // at last
            bed.await(
                    () -> {
                        try {
                            return bed.counters(1).rxDropped() == 50;
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    "count of what was lost");
            assertEquals(100, bed.counters(1).rxPackets());
            assertEquals(100, bed.counters(2).txPackets());
        }
    }

    @Test
    void whoGoesOnAfterItsReceiverIsToldWhatThatHasRead() throws Exception {
        try (SwitchBed bed = new SwitchBed(2);
                RawVnf a = RawVnf.open(bed.directory(), "vnf1");
                Endpoint b = new Endpoint(bed.open("vnf2"))) {
            int epoch = cutOffWhileBothAreStopped(bed, a, b);
            b.stopped = false;
            bed.await(() -> a.control().cut(epoch) == Cut.RETURNED, "word of what was read");
            long read = a.control().cutRead();
            assertTrue(read >= 50 && read <= 100, "what it has by then: " + read);
            bed.await(() -> b.received == 100, "all that was written in time");
        }
    }

    @Test
    void whoGoesOnBeforeItsReceiverIsNotKeptWaiting() throws Exception {
        try (SwitchBed bed = new SwitchBed(2);
                RawVnf a = RawVnf.open(bed.directory(), "vnf1");
                Endpoint b = new Endpoint(bed.open("vnf2"))) {
            int epoch = cutOffWhileBothAreStopped(bed, a, b);
            a.control().alive(1);
            bed.await(() -> a.control().cut(epoch) == Cut.LOST, "word that nothing is known");
        }
    }

    private int cutOffWhileBothAreStopped(SwitchBed bed, RawVnf a, Endpoint b) throws Exception {
        RingProducer bypass = begin(bed, a);
        final int epoch = ControlBlock.epoch(a.control().command());
        send(bypass, 50);
        a.statistics().tx(50, 3200);
        bed.await(() -> b.received == 50, "what it sent before");
        b.stopped = true;
        Thread.sleep(20);
        send(bypass, 50);
        a.statistics().tx(100, 6400);
        bed.addFlow(DROP);
        Thread.sleep(500);
        assertEquals(Cut.BEGUN, a.control().cut(epoch), "nobody waits for more");
        return epoch;
    }

    @Test
    void senderThatSaysItObeysAndGoesOnIsNotDelivered() throws Exception {
        try (SwitchBed bed = new SwitchBed(2);
                RawVnf a = RawVnf.open(bed.directory(), "vnf1");
                Endpoint b = new Endpoint(bed.open("vnf2"))) {
            RingProducer bypass = begin(bed, a);
            send(bypass, 100);
            bed.await(() -> b.received == 100, "what it sent before");
            Thread liar =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (ControlBlock.mode(a.control().command())
                                        == ControlBlock.Mode.BYPASS) {
                                    Thread.onSpinWait();
                                }
                                a.control().obeyed(a.control().command());
                            });
            bed.addFlow(DROP);
            liar.join();
            long then = b.received;
            for (int i = 0; i < 20; i++) {
                send(bypass, 20);
                Thread.sleep(5);
            }
            assertEquals(then, b.received);
            bed.awaitLinks(0);
            bed.await(
                    () -> {
                        try {
                            return !bed.links().contains("REVOKING");
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    "end of REVOKING");
        }
    }

    @Test
    void brokenLinkComesBackAlthoughARuleConcernsItMeanwhile() throws Exception {
        try (SwitchBed bed = new SwitchBed(2);
                RawVnf a = RawVnf.open(bed.directory(), "vnf1");
                Endpoint b = new Endpoint(bed.open("vnf2"))) {
            RingProducer bypass = begin(bed, a);
            final long begun = a.control().command();
            assertTrue(bypass.mark(Mark.of(Mark.Kind.END, 0, ControlBlock.epoch(begun) + 7)));
            bed.await(() -> a.control().command() != begun, "command to leave the broken link");
            Thread asks =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    // From any port, but what vnf1 sends meets another entry.
                                    bed.addFlow("priority=50,udp,tp_dst=9,actions=drop");
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            Thread.sleep(200); // it waits for the link's end now
            a.control().obeyed(a.control().command());
            asks.join();
            bed.await(
                    () ->
                            ControlBlock.mode(a.control().command()) == ControlBlock.Mode.BYPASS
                                    && a.control().command() != begun,
                    "command to begin again");
        }
    }

    @Test
    void whoseBypassWasEndedWhileItWasStoppedReadsWhatOthersHaveSentIt() throws Exception {
        try (SwitchBed bed = new SwitchBed(2);
                Endpoint a = new Endpoint(bed.open("vnf1"));
                Endpoint b = new Endpoint(bed.open("vnf2"))) {
            bed.addFlow(FORTH);
            bed.addFlow("priority=100,in_port=2,actions=output:1");
            bed.awaitLinks(2);
            a.stopped = true;
            b.limit = 200;
            bed.await(() -> b.sent == 200, "packets on the bypass");
            bed.addFlow(DROP); // ends both directions of the channel
            Thread.sleep(500); // what its driver is asked for by now waits for it
            a.stopped = false;
            bed.await(() -> a.received == 200, "what it was sent while it was stopped");
            assertNull(a.wrong);
            b.limit = 300;
            bed.await(() -> a.received == 300, "more of it");
            assertNull(a.wrong);
        }
    }

    @Test
    void othersWaitForNobodyWhileOneIsSilent() throws Exception {
        try (SwitchBed bed = new SwitchBed(4);
                RawVnf a = RawVnf.open(bed.directory(), "vnf1");
                Endpoint b = new Endpoint(bed.open("vnf2"));
                Endpoint c = new Endpoint(bed.open("vnf3"));
                Endpoint d = new Endpoint(bed.open("vnf4"))) {
            begin(bed, a);
            Thread asks =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    bed.addFlow(DROP);
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            Thread.sleep(50);
            int effective = 0;
            String rule = "priority=300,in_port=3,actions=output:4";
            for (int i = 0; i < 20; i++) {
                bed.addFlow(rule);
                bed.deleteFlow(rule);
                effective += asks.isAlive() ? 2 : 0;
            }
            // One that waited for the silent VNF would be effective only after its deadline.
            assertTrue(effective > 5, effective + " changes of others while one waits");
            bed.addFlow(rule);
            c.limit = 1000;
            bed.await(() -> d.received == 1000, "packets of the others");
            asks.join();
        }
    }

    @Test
    void geometryThatAVnfWritesIsNotBelieved() throws Exception {
        try (SwitchBed bed = new SwitchBed(4);
                RawVnf a = RawVnf.open(bed.directory(), "vnf1");
                Endpoint b = new Endpoint(bed.open("vnf2"));
                Endpoint c = new Endpoint(bed.open("vnf3"));
                Endpoint d = new Endpoint(bed.open("vnf4"))) {
            bed.hold(java.util.List.of("vnf1", "vnf2", "vnf3", "vnf4"), true);
            bed.addFlow(FORTH);
            bed.addFlow("priority=100,in_port=3,actions=output:4");
            bed.addFlow("priority=100,in_port=2,actions=output:1"); // towards the liar
            long base = a.region().address();
            for (long ring : new long[] {a.header().firstRing(), a.header().secondRing()}) {
                Memory.putInt(base + ring + 8, 1 << 20); // cells
                Memory.putInt(base + ring + 12, 64); // longest frame
            }
            b.limit = 100;
            c.limit = 1000;
            bed.await(() -> d.received == 1000, "packets of the others");
            bed.await(() -> b.sent == 100, "packets towards the liar");
            Memory.putInt(base + a.header().firstRing() + 12, 65535);
            long descriptors = base + a.header().firstRing() + 512;
            Memory.putLong(descriptors, 0x10000L | 65535); // a packet of 65535 bytes
            Memory.putLongRelease(base + a.header().firstRing() + 128, 1024); // published
            c.limit = 2000;
            bed.await(() -> d.received == 2000, "packets of the others");
            assertNull(d.wrong);
            assertEquals(0, b.received, "it was a packet that can't be");
            assertTrue(RegionHeader.MAX_FRAME < 65535 && RingLayout.MIN_CELLS <= 1024);
        }
    }
}
