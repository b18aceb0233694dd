package org.skyway.vswitch.daemon;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.ivshmem.sys.ProcessDescriptor;
import org.skyway.vswitch.config.ConfigException;

/// The end of a switch in favour of another one ([TakeOver]): nobody is told, nothing is removed.
public final class HandOver {
    private static final long LAST_WORD_NANOS = 10_000_000;

    /// What the kernel does when a process ends takes a core for a while, and memory's locks: the
    /// other switch forwards again before that.
    private static final long HEAD_START_NANOS = 300_000_000;

    private HandOver() {}

    /// Checks that the other switch would go on where this one ends.
    ///
    /// @param own state directory, absolute; null for none
    /// @param theirs state directory of the other one; empty if it did not say
    /// @throws ConfigException if it would not
    public static void check(Path own, String theirs) {
        if (own == null) {
            throw new ConfigException("this switch keeps nothing that another could take over");
        }
        if (!theirs.isEmpty() && !Path.of(theirs).normalize().equals(own)) {
            throw new ConfigException(
                    "the switch that runs keeps its state in %s, and the other one would begin with that of %s; start it with --statedir %s"
                            .formatted(own, theirs, own));
        }
    }

    /// Lets go of what the other one would have to wait for until this process is gone for good.
    ///
    /// @param parts of this one
    /// @param runDirectory where it runs
    public static void release(Parts parts, Path runDirectory) {
        parts.unlock();
        for (Path directory : List.of(runDirectory, RunDirectory.ofOtherUsers(runDirectory))) {
            parts.stop(() -> Files.deleteIfExists(directory.resolve(RunDirectory.PMD_SOCKET)));
        }
    }

    /// Does nothing any more. Does not return.
    public static void rest() {
        while (true) {
            LockSupport.park();
        }
    }

    /// Tells the other one, and ends the process without hooks. Does not return.
    ///
    /// @param answer tells it
    /// @param awaited whether the other one needs something that goes only with this process
    public static void end(Runnable answer, boolean awaited) {
        answer.run();
        long until = System.nanoTime() + (awaited ? LAST_WORD_NANOS : HEAD_START_NANOS);
        for (long left; (left = until - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(left); // and until it is sent
        }
        ProcessDescriptor.exitNow(0);
    }
}
