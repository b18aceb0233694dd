package org.skyway.experiments.switchover;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.experiments.hostile.RawVnf;
import org.skyway.pmd.control.PortSession;
import org.skyway.pmd.control.SwitchLoss;
import org.skyway.vnf.frame.Addresses;
import org.skyway.vnf.frame.FrameSizes;
import org.skyway.vnf.frame.SyntheticFrames;

/// A VNF that sends all the time, in this process, and does what its kind does when it is to leave
/// its bypass. Its own thread sends.
abstract class BarrierSender implements AutoCloseable {
    /// What it does about commands.
    enum Kind {
        /// Obeys at once.
        PROMPT,
        /// Looks for commands every few milliseconds only, and sends much at a time.
        SLOW,
        /// Stands still in the middle of its work while the rules change, and goes on afterwards.
        SILENT,
        /// Never obeys, and goes on writing into the bypass.
        DEFIANT,
        /// Says that it has obeyed, and goes on writing into the bypass.
        LYING;

        boolean obeys() {
            return this == PROMPT || this == SLOW;
        }
    }

    static final int BURST = 32;

    final SyntheticFrames frames;
    final long[] addresses = new long[BURST];
    final int[] lengths = new int[BURST];
    final AtomicLong sent = new AtomicLong();
    volatile boolean running = true;
    volatile boolean silent; // only if it is that kind
    private Thread thread;

    private BarrierSender() {
        frames =
                new SyntheticFrames(
                        new SyntheticFrames.Headers(
                                Addresses.mac("02:00:00:00:00:01"),
                                Addresses.mac("02:00:00:00:00:02"),
                                Addresses.ipv4("10.0.0.1"),
                                Addresses.ipv4("10.0.0.2"),
                                5000),
                        1,
                        FrameSizes.parse("64-256"),
                        1,
                        BURST);
    }

    /// Takes a port and begins to send.
    static BarrierSender start(Kind kind, Path directory, String port, Consumer<String> log)
            throws IOException, InterruptedException {
        BarrierSender sender =
                kind == Kind.DEFIANT || kind == Kind.LYING
                        ? new Hostile(RawVnf.open(directory, port), kind == Kind.LYING)
                        : new WithDriver(
                                PortSession.open(directory, port, "source", SwitchLoss.END, log),
                                kind == Kind.SLOW);
        sender.thread =
                Thread.ofPlatform()
                        .name("sender")
                        .start(() -> {
                            try {
                                sender.run();
                            } catch (IOException | RuntimeException e) {
                                if (sender.running) {
                                    log.accept("the sender ended: " + e);
                                }
                            }
                        });
        return sender;
    }

    abstract void run() throws IOException;

    void pause() {
        while (running && silent) {
            LockSupport.parkNanos(100_000);
        }
    }

    /// Stands still from now on, or goes on.
    void silent(boolean on) {
        silent = on;
    }

    long sent() {
        return sent.get();
    }

    void prepare() {
        frames.prepare(sent.get(), BURST, System.nanoTime(), addresses, lengths);
    }

    abstract void hangUp() throws IOException;

    @Override
    public void close() throws IOException {
        running = false;
        Joins.join(thread);
        hangUp();
        frames.close();
    }

    private static final class WithDriver extends BarrierSender {
        private final PortSession session;
        private final boolean slow;

        WithDriver(PortSession session, boolean slow) {
            this.session = session;
            this.slow = slow;
        }

        @Override
        void run() {
            SplittableRandom random = new SplittableRandom(1);
            while (running) {
                pause();
                prepare();
                int taken = session.port().txBurst(addresses, lengths, 0, BURST);
                sent.addAndGet(taken);
                // A rate that receivers can take: what they can't is dropped before it is judged.
                LockSupport.parkNanos(
                        slow
                                ? random.nextLong(1_000_000, 30_000_000)
                                : taken == 0 ? 50_000 : 200_000);
            }
        }

        @Override
        void hangUp() {
            session.close();
        }
    }

    private static final class Hostile extends BarrierSender {
        private final RawVnf vnf;
        private final boolean lies;

        Hostile(RawVnf vnf, boolean lies) {
            this.vnf = vnf;
            this.lies = lies;
        }

        @Override
        void run() throws IOException {
            RingProducer normal = vnf.toSwitch();
            RingProducer bypass = null;
            long alive = 0;
            while (running) {
                long command = vnf.control().command();
                RawVnf.Link link = vnf.links().get(ControlBlock.slot(command));
                if (bypass == null
                        && ControlBlock.mode(command) == ControlBlock.Mode.BYPASS
                        && link != null) {
                    normal.mark(
                            Mark.of(
                                    Mark.Kind.TO_BYPASS,
                                    ControlBlock.slot(command),
                                    ControlBlock.epoch(command)));
                    bypass = link.producer();
                    vnf.control().obeyed(command);
                } else if (bypass != null
                        && lies
                        && ControlBlock.mode(command) != ControlBlock.Mode.BYPASS) {
                    vnf.control().obeyed(command);
                }
                vnf.control().alive(++alive);
                prepare();
                int taken = (bypass == null ? normal : bypass).offer(addresses, lengths, 0, BURST);
                sent.addAndGet(taken);
                LockSupport.parkNanos(200_000);
            }
        }

        @Override
        void hangUp() throws IOException {
            vnf.close();
            vnf.unmap();
        }
    }
}
