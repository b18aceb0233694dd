package org.skyway.vnf.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.agrona.concurrent.IdleStrategy;
import org.skyway.ivshmem.sys.Affinity;
import org.skyway.pmd.control.ControlTransport;
import org.skyway.pmd.control.PortSession;
import org.skyway.pmd.port.PortFaultException;

/// Runs a VNF program: opens its ports, polls on a data thread, prints statistics, and ends when
/// the work is done, the time is up, the switch is gone or somebody sends SIGTERM. Stop, join,
/// unmap: the regions outlive the thread that polls them.
///
/// The data thread polls all the time. In a guest, where the JVM is told to heed priorities, it
/// gives way to what comes seldom and must be quick: the kernel's work on a device that is plugged
/// in, the control thread, and the compilers.
public final class Runner {
    private static final long TICK_MILLIS = 20;
    private static final int QUIET_SHARE = 5; // of the time that it lingers, without packets
    private static final long STOP_MILLIS = 10_000;

    // How late the JVM may report a second access to memory that was cut short.
    private static final long AFTERMATH_NANOS = 1_000_000_000L;

    private final String program;
    private final RunOptions options;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean polling = true;
    private volatile Throwable broken;
    private volatile int status = ExitStatus.BAD_INPUT;
    private volatile Thread opening; // the thread that may be waiting for a switch

    private Runner(String program, RunOptions options) {
        this.program = program;
        this.options = options;
    }

    /// Runs a program to its end.
    ///
    /// @param program its name, for people
    /// @param options how
    /// @param ports the names of its ports
    /// @param makeWork makes the work of the opened ports
    /// @return an [ExitStatus]
    /// @throws IOException if a port can't be opened, or a file not written
    /// @throws InterruptedException if interrupted
    public static int run(
            String program,
            RunOptions options,
            List<String> ports,
            Function<List<CountedPort>, Work> makeWork)
            throws IOException, InterruptedException {
        options.burst(); // wrong options show before anything is opened
        if (ports.stream().anyMatch(String::isBlank)) {
            throw new BadInputException("a port needs a name, as the switch knows it");
        }
        return new Runner(program, options).run(ports, makeWork);
    }

    private int run(List<String> names, Function<List<CountedPort>, Work> makeWork)
            throws IOException, InterruptedException {
        // SIGTERM and SIGINT start the JVM's shutdown, which waits for its hooks: this one lets the
        // program end as if its time were up, and then ends the process with its status.
        Thread hook = new Thread(this::stopAndHalt, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        List<PortSession> sessions = new ArrayList<>();
        try {
            opening = Thread.currentThread();
            List<ControlTransport> transports = options.transports(names.size());
            for (int i = 0; i < names.size(); i++) {
                sessions.add(
                        PortSession.open(
                                transports.get(i),
                                names.get(i),
                                program,
                                options.onLoss(),
                                this::log));
            }
            opening = null;
            Work work =
                    makeWork.apply(sessions.stream().map(s -> new CountedPort(s.port())).toList());
            if (work.remark() != null) {
                log(work.remark());
            }
            try {
                status = run(sessions, work);
            } finally {
                work.close();
            }
        } finally {
            sessions.reversed().forEach(PortSession::close);
            ended.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM is ending and the hook runs: it takes the status from here.
                System.out.flush();
            }
        }
        return status;
    }

    private int run(List<PortSession> sessions, Work work)
            throws IOException, InterruptedException {
        String lost;
        ObjectNode report;
        try (var statistics =
                new Statistics(program, work, options.jsonStats, options.statsFile, System.out)) {
            Thread data =
                    Thread.ofPlatform()
                            .name("poll-" + program)
                            .priority(Thread.MIN_PRIORITY)
                            .start(() -> poll(work));
            try {
                statistics.ready();
                lost = watch(data, sessions, statistics);
            } finally {
                polling = false;
                data.join();
            }
            report = statistics.last();
        }
        if (options.reportFile != null) {
            Statistics.write(report, options.reportFile);
        }
        switch (broken) {
            case null -> {}
            case PortFaultException fault -> {
                log(fault.getMessage());
                return ExitStatus.SWITCH_LOST;
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(broken);
        }
        if (lost != null) {
            log(lost);
            return ExitStatus.SWITCH_LOST;
        }
        String failure = work.failure();
        if (failure != null) {
            log(failure);
            return ExitStatus.CHECK_FAILED;
        }
        return ExitStatus.OK;
    }

    private String watch(Thread data, List<PortSession> sessions, Statistics statistics)
            throws InterruptedException {
        long now = System.nanoTime();
        long interval = nanos(options.statsSeconds);
        long nextStats = now + interval;
        long end = options.durationSeconds == null ? 0 : now + nanos(options.durationSeconds);
        while (data.isAlive() && !stop.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
            for (PortSession session : sessions) {
                if (session.lost() != null) {
                    return session.lost();
                }
            }
            now = System.nanoTime();
            if (options.durationSeconds != null && now - end >= 0) {
                return null;
            }
            if (interval > 0 && now - nextStats >= 0) {
                statistics.interval();
                nextStats += interval;
            }
        }
        return null;
    }

    private void poll(Work work) {
        try {
            pin();
            IdleStrategy idle = options.idle.strategy();
            survive(
                    work,
                    () -> {
                        while (polling && !work.isDone()) {
                            idle.idle(work.poll());
                        }
                    });
            survive(work, () -> linger(work, idle, nanos(options.lingerSeconds)));
        } catch (RuntimeException | Error e) {
            broken = e;
        }
    }

    // A neighbour that cuts a link's region short ends the link, and not this program. The JVM
    // reports such an access where the thread next looks for news, which may be in the loop around
    // the work: so the loops are what is tried again.
    private static void survive(Work work, Runnable loop) {
        long found = System.nanoTime() - AFTERMATH_NANOS;
        while (true) {
            try {
                loop.run();
                return;
            } catch (InternalError e) {
                boolean again = false;
                for (CountedPort port : work.ports()) {
                    again |= port.port().checkMemory();
                }
                if (again) {
                    found = System.nanoTime();
                } else if (System.nanoTime() - found >= AFTERMATH_NANOS) {
                    throw e;
                }
            }
        }
    }

    private void pin() {
        try {
            if (options.core != null) {
                Affinity.pinCurrentThread(options.core);
            }
        } catch (IllegalArgumentException e) {
            throw new BadInputException(e.getMessage());
        }
    }

    // What lies in a ring when its writer disconnects may be dropped with the ring, and what
    // neighbours have sent would be lost: so it ends only when nothing has moved for a while. It
    // was quiet until the last look, and not for as long as this thread had no turn after that.
    static void linger(Work work, IdleStrategy idle, long mostNanos) {
        final long begin = System.nanoTime();
        long quietSince = begin;
        long now = begin; // just before the last look
        final long enough = mostNanos / QUIET_SHARE;
        while (now - begin < mostNanos && (now - quietSince < enough || !isDrained(work))) {
            now = System.nanoTime();
            int moved = work.drain();
            if (moved > 0) {
                quietSince = now;
            }
            idle.idle(moved);
        }
    }

    private static boolean isDrained(Work work) {
        boolean drained = true;
        for (CountedPort port : work.ports()) {
            drained &= port.port().txDrained();
        }
        return drained;
    }

    private void stopAndHalt() {
        stop.countDown();
        Thread waiting = opening;
        if (waiting != null) {
            waiting.interrupt();
        }
        try {
            if (!ended.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                log("does not end; killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.flush();
        Runtime.getRuntime().halt(status);
    }

    private void log(String line) {
        System.err.println("skyway vnf " + program + ": " + line);
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
