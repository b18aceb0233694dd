package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Waits until one of several descriptors can be read (`poll(2)`), or somebody calls [#wake].
public final class Poller implements AutoCloseable {
    private static final int ENTRY_BYTES = 8;
    private static final short POLLIN = 1;

    private final EventDescriptor wake;

    /// One that nobody wakes yet.
    ///
    /// @throws IOException if the process has too many descriptors
    public Poller() throws IOException {
        wake = EventDescriptor.create();
    }

    /// Ends [#await], or the next one. Any thread, before [#close].
    public synchronized void wake() {
        if (!wake.descriptor().isClosed()) {
            wake.signal();
        }
    }

    /// Waits. One thread.
    ///
    /// @param descriptors open ones
    /// @param millis how long at most; 0 to look only
    /// @return which can be read, or have come to their end, by their index
    public List<Integer> await(List<Descriptor> descriptors, int millis) {
        try (Arena arena = Arena.ofConfined()) {
            int n = descriptors.size();
            MemorySegment entries = arena.allocate((long) ENTRY_BYTES * (n + 1), 8);
            for (int i = 0; i <= n; i++) {
                Descriptor d = i == n ? wake.descriptor() : descriptors.get(i);
                entries.set(ValueLayout.JAVA_INT, (long) ENTRY_BYTES * i, d.number());
                entries.set(ValueLayout.JAVA_SHORT, (long) ENTRY_BYTES * i + 4, POLLIN);
            }
            List<Integer> ready = new ArrayList<>();
            if (UnixCalls.poll(entries, n + 1L, millis) <= 0) {
                return ready;
            }
            for (int i = 0; i < n; i++) {
                if (entries.get(ValueLayout.JAVA_SHORT, (long) ENTRY_BYTES * i + 6) != 0) {
                    ready.add(i);
                }
            }
            if (entries.get(ValueLayout.JAVA_SHORT, (long) ENTRY_BYTES * n + 6) != 0) {
                wake.drain();
            }
            return ready;
        }
    }

    @Override
    public synchronized void close() {
        wake.close();
    }
}
