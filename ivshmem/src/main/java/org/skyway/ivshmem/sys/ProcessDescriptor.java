package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.util.List;

/// A process, by a descriptor that means no other one that later has its number (`pidfd_open(2)`).
/// Its end is seen at once, also if it is no child of this process, of which the JDK tells only
/// after up to 300 ms.
public final class ProcessDescriptor implements AutoCloseable {
    private static final int ESRCH = 3;

    private final Descriptor descriptor; // null if it has ended already

    private ProcessDescriptor(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /// Finds a process.
    ///
    /// @param pid its id; 0 or less for one that has ended
    /// @return its descriptor, also if there is no such process, which then has ended
    /// @throws IOException if the kernel gives none: it is older than 5.3, or the process has too
    ///   many descriptors
    public static ProcessDescriptor of(long pid) throws IOException {
        int fd = pid > 0 && pid <= Integer.MAX_VALUE ? UnixCalls.pidfd((int) pid) : -ESRCH;
        if (fd < 0 && fd != -ESRCH) {
            throw new IOException("can't watch process %d: errno %d".formatted(pid, -fd));
        }
        return new ProcessDescriptor(fd < 0 ? null : Descriptor.owning(fd));
    }

    /// Waits for its end; everything that it had open is closed by then.
    ///
    /// @param millis how long at most
    /// @return whether it has ended
    /// @throws IOException if the process has too many descriptors
    public boolean awaitEnd(int millis) throws IOException {
        if (descriptor == null) {
            return true;
        }
        try (Poller poller = new Poller()) {
            return !poller.await(List.of(descriptor), millis).isEmpty();
        }
    }

    /// Ends this process at once (`_exit(2)`): no shutdown hooks, and no waiting for threads that
    /// are in system calls, for which [Runtime#halt] waits up to 300 ms.
    ///
    /// @param status its exit status
    public static void exitNow(int status) {
        UnixCalls.exit(status);
    }

    @Override
    public void close() {
        if (descriptor != null) {
            descriptor.close();
        }
    }
}
