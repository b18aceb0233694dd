package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.util.function.Consumer;

/// Whether any interface of the host has changed: its state, its address, its MTU, its name. To ask
/// is one system call, and to look at each of a thousand interfaces is thousands. One thread at a
/// time.
public final class InterfaceChanges implements AutoCloseable {
    private final RouteSocket socket; // null: the kernel tells us nothing
    private boolean some;

    /// Listens from now on, in the network namespace of the calling thread.
    public InterfaceChanges() {
        RouteSocket opened = null;
        try {
            opened = RouteSocket.ofChanges();
        } catch (IOException e) {
            // Then whoever asks looks every time.
        }
        socket = opened;
    }

    /// Whether something may have changed since the last call.
    ///
    /// @return true also if that can't be known
    public boolean any() {
        some = false;
        boolean all = take(_ -> some = true);
        return some || !all;
    }

    /// What the kernel has told since the last call.
    ///
    /// @param told receives it, in order
    /// @return false if something else may have changed, too
    public boolean take(Consumer<InterfaceChange> told) {
        return socket != null && socket.changes(told);
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.close();
        }
    }
}
