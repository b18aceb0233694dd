package org.skyway.pmd.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.ring.Mark;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// The whole switch-over protocol under full load: real drivers, each on a thread of its own, a
/// thread that forwards packets and marks as a switch does, and one that switches links on and off
/// as fast as they obey. Rings are small, so they are full most of the time.
@Timeout(240)
class SwitchOverStressTest {
    private static final int CELLS = 1024;
    private static final int BURST = 32;

    @TempDir Path dir;

    @Test
    void oneWayLosesNothingAndKeepsOrder() throws Exception {
        run(1, false, 3000);
    }

    @Test
    void bothWaysAtOnceLoseNothingAndKeepOrder() throws Exception {
        run(1, true, 2000);
    }

    @Test
    void threeSendersToOneReceiverLoseNothingAndKeepOrder() throws Exception {
        run(3, false, 1500);
    }

    /// Senders 0 to n-1 send to port n; with `bothWays`, port n sends to port 0.
    private void run(int senders, boolean bothWays, int switchOvers) throws Exception {
        int receiver = senders;
        List<Vnf> vnfs = new ArrayList<>();
        List<Link> links = new ArrayList<>();
        try {
            for (int i = 0; i <= receiver; i++) {
                vnfs.add(new Vnf(i, new PortRig(dir, "vnf" + i, CELLS)));
            }
            for (int i = 0; i < senders; i++) {
                Region region = PortRig.createLink(dir, "link" + i, CELLS);
                // Slots differ at the two ends, so that a mark with the wrong one is noticed.
                vnfs.get(i).rig.attach(5, region, true);
                vnfs.get(receiver).rig.attach(i, region, false);
                links.add(new Link(vnfs.get(i).rig, 5, vnfs.get(receiver).rig, i));
                vnfs.get(i).target = receiver;
                if (bothWays) {
                    links.add(new Link(vnfs.get(receiver).rig, i, vnfs.get(i).rig, 5));
                    vnfs.get(receiver).target = i;
                }
                region.close();
            }
            drive(vnfs, links, switchOvers);
            checkCounters(vnfs, links);
        } finally {
            for (Vnf vnf : vnfs) {
                vnf.rig.close();
            }
        }
    }

    private void drive(List<Vnf> vnfs, List<Link> links, int switchOvers) throws Exception {
        var switching = new TinySwitch(vnfs, links);
        List<Thread> threads = new ArrayList<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (Runnable body : runnables(vnfs, switching)) {
            Thread thread = new Thread(body);
            thread.setUncaughtExceptionHandler((_, e) -> failure.compareAndSet(null, e));
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        try {
            for (int i = 0; i < switchOvers && failure.get() == null; i++) {
                links.get(i % links.size()).toggle(failure);
                if (i % 8 == 0) {
                    Thread.sleep(1); // long enough to fill rings
                }
            }
            for (Link link : links) {
                link.toNormal(failure);
            }
            // Senders stop first, then everything that is on its way has to arrive.
            vnfs.forEach(vnf -> vnf.sending = false);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (failure.get() == null && !allArrived(vnfs)) {
                assertTrue(System.nanoTime() - end < 0, () -> "packets are missing: " + vnfs);
                Thread.sleep(1);
            }
        } finally {
            vnfs.forEach(vnf -> vnf.running = false);
            switching.running = false;
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertNull(failure.get());
    }

    private static List<Runnable> runnables(List<Vnf> vnfs, TinySwitch switching) {
        List<Runnable> all = new ArrayList<>(vnfs);
        all.add(switching);
        return all;
    }

    private static boolean allArrived(List<Vnf> vnfs) {
        for (Vnf vnf : vnfs) {
            if (vnf.target >= 0 && (!vnf.quiet || vnfs.get(vnf.target).next[vnf.id] != vnf.sent)) {
                return false;
            }
        }
        return true;
    }

    private static void checkCounters(List<Vnf> vnfs, List<Link> links) {
        for (Link link : links) {
            assertNull(link.from.port.takeFault());
            assertEquals(0, link.from.port.skippedMarks());
            assertTrue(link.switchOvers > 0);
            assertTrue(link.from.statistics.txPackets() > 0, "the bypass was used");
            assertEquals(
                    link.from.statistics.txPackets(), link.to.statistics.rxPackets(link.toSlot));
            assertEquals(link.from.statistics.txBytes(), link.to.statistics.rxBytes(link.toSlot));
        }
        for (Vnf vnf : vnfs) {
            if (vnf.target >= 0) {
                assertEquals(vnf.sent, vnf.forwarded + vnf.rig.statistics.txPackets());
                assertTrue(vnf.forwarded > 0, "the normal channel was used");
            }
        }
    }

    /// A link in one direction, as the switch controls it.
    private static final class Link {
        final PortRig from;
        final int fromSlot;
        final PortRig to;
        final int toSlot;
        int switchOvers;
        private int epoch;
        private boolean on;

        Link(PortRig from, int fromSlot, PortRig to, int toSlot) {
            this.from = from;
            this.fromSlot = fromSlot;
            this.to = to;
            this.toSlot = toSlot;
        }

        void toggle(AtomicReference<Throwable> failure) {
            if (on) {
                toNormal(failure);
            } else {
                obey(Mode.BYPASS, failure);
                on = true;
            }
        }

        void toNormal(AtomicReference<Throwable> failure) {
            if (!on) {
                return;
            }
            int ended = epoch;
            obey(Mode.NORMAL, failure);
            long sent = from.statistics.txPackets();
            await(() -> to.control.ended(toSlot) == ended, failure);
            if (failure.get() == null) {
                // Exact at the very moment: all that was sent has been read, and nothing more.
                assertEquals(sent, to.statistics.rxPackets(toSlot));
                assertEquals(sent, from.statistics.txPackets());
            }
            on = false;
            switchOvers++;
        }

        private void obey(Mode mode, AtomicReference<Throwable> failure) {
            long command = ControlBlock.command(mode, fromSlot, ++epoch);
            from.control.command(command);
            await(() -> from.control.obeyed() == command, failure);
        }

        private static void await(
                java.util.function.BooleanSupplier condition, AtomicReference<Throwable> failure) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!condition.getAsBoolean() && failure.get() == null) {
                assertTrue(System.nanoTime() - end < 0, "the driver does not obey");
                Thread.yield();
            }
        }
    }

    /// Sends numbered packets of all lengths, and checks those that come.
    private final class Vnf implements Runnable {
        final int id;
        final PortRig rig;
        final long[] next = new long[8]; // by sender: the number that must come next
        int target = -1;
        long forwarded; // by the switch
        volatile long sent;
        volatile boolean sending = true;
        volatile boolean quiet; // it has seen that it is not to send
        volatile boolean running = true;
        private final Region scratch;

        Vnf(int id, PortRig rig) throws IOException {
            this.id = id;
            this.rig = rig;
            scratch = Region.create(dir.resolve("out" + id), BURST * 2048);
        }

        @Override
        public void run() {
            long[] addresses = new long[BURST];
            int[] lengths = new int[BURST];
            while (running) {
                int moved = receive(addresses, lengths);
                if (!sending) {
                    quiet = true; // so the number of what it has sent is final
                } else if (target >= 0) {
                    moved += send(addresses, lengths);
                }
                if (moved == 0) {
                    Thread.yield();
                }
            }
            scratch.close();
        }

        private int send(long[] addresses, int[] lengths) {
            for (int i = 0; i < BURST; i++) {
                long number = sent + i;
                addresses[i] = scratch.address() + 2048L * i;
                lengths[i] = length(number);
                Memory.putLong(addresses[i], number);
                Memory.putInt(addresses[i] + 8, id);
                Memory.putByte(addresses[i] + lengths[i] - 1, (int) number);
            }
            int count = rig.port.txBurst(addresses, lengths, 0, BURST);
            sent += count;
            return count;
        }

        private int receive(long[] addresses, int[] lengths) {
            int count = rig.port.rxBurst(addresses, lengths, 0, BURST);
            for (int i = 0; i < count; i++) {
                int sender = Memory.getInt(addresses[i] + 8);
                long number = Memory.getLong(addresses[i]);
                assertEquals(next[sender], number, "from " + sender);
                assertEquals(length(number), lengths[i]);
                assertEquals((int) number & 0xff, Memory.getByte(addresses[i] + lengths[i] - 1));
                next[sender]++;
            }
            return count;
        }

        private static int length(long number) {
            return number % 7 == 0 ? 64 + (int) (number % 1455) : 64;
        }

        @Override
        public String toString() {
            return rig.name + " sent " + sent + " to " + target + ", got to " + List.of(next[0]);
        }
    }

    /// Forwards each port's packets to its target, without loss, and its marks with the slot of the
    /// receiver.
    private static final class TinySwitch implements Runnable {
        volatile boolean running = true;
        private final List<Vnf> vnfs;
        private final List<Link> links;

        TinySwitch(List<Vnf> vnfs, List<Link> links) {
            this.vnfs = vnfs;
            this.links = links;
        }

        @Override
        public void run() {
            List<Held> held = new ArrayList<>();
            for (Vnf vnf : vnfs) {
                held.add(new Held(vnf));
            }
            while (running) {
                int moved = 0;
                for (Held port : held) {
                    moved += port.from.target < 0 ? 0 : port.forward();
                }
                if (moved == 0) {
                    Thread.yield();
                }
            }
        }

        private final class Held {
            final Vnf from;
            final long[] addresses = new long[BURST];
            final int[] lengths = new int[BURST];
            int at;
            int count;

            Held(Vnf from) {
                this.from = from;
            }

            int forward() {
                PortRig target = vnfs.get(from.target).rig;
                if (at == count) {
                    from.rig.fromVnf.release();
                    at = 0;
                    count = from.rig.fromVnf.peek(addresses, lengths, 0, BURST);
                    long mark = from.rig.fromVnf.mark();
                    if (count == 0 && mark != 0) {
                        if (target.toVnf.mark(translate(mark))) {
                            from.rig.fromVnf.takeMark();
                        }
                        return 1;
                    }
                    assertNull(from.rig.fromVnf.fault());
                }
                int sent = target.toVnf.offer(addresses, lengths, at, count - at);
                assertNull(target.toVnf.fault());
                at += sent;
                from.forwarded += sent;
                return sent;
            }

            private long translate(long mark) {
                for (Link link : links) {
                    if (link.from == from.rig && link.fromSlot == Mark.slot(mark)) {
                        Mark.Kind kind =
                                Mark.is(mark, Mark.Kind.TO_BYPASS)
                                        ? Mark.Kind.TO_BYPASS
                                        : Mark.Kind.TO_NORMAL;
                        assertTrue(Mark.is(mark, kind));
                        return Mark.of(kind, link.toSlot, Mark.epoch(mark));
                    }
                }
                throw new AssertionError("mark 0x%x of no link".formatted(mark));
            }
        }
    }
}
