package org.skyway.experiments.jcstress;

import java.util.concurrent.atomic.AtomicInteger;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.ivshmem.region.Region;

/// Memory for the states of a test, taken in turn: when it is a state's turn again, jcstress has
/// long thrown away the one before, of which it keeps a few hundred at a time (see
/// [JcstressCommand]).
public final class Slab {
    /// Cells of each ring.
    public static final int CELLS = RingLayout.MIN_CELLS;

    /// The longest packet, in bytes.
    public static final int MAX_FRAME = 2048;

    private static final int STATES = 2048;
    private static final long BYTES = 1 << 16;
    private static final Region ALL = Region.scratch("jcstress", STATES * BYTES);
    private static final AtomicInteger NEXT = new AtomicInteger();

    private Slab() {}

    /// The next 64 KiB.
    ///
    /// @return where they begin; with what the last one left
    public static long next() {
        return ALL.address() + (NEXT.getAndIncrement() & STATES - 1) * BYTES;
    }

    /// A ring in the next 64 KiB.
    ///
    /// @return where it begins; it is empty
    public static long nextRing() {
        long base = next();
        RingLayout.create(base, CELLS, MAX_FRAME);
        return base;
    }

    /// Makes an end of a ring.
    ///
    /// @param <T> which end
    /// @param base where the ring begins
    /// @param end makes it
    /// @return the end
    public static <T> T attach(long base, End<T> end) {
        try {
            return end.attach(base, BYTES, "jcstress");
        } catch (RingFormatException e) {
            throw new AssertionError("it was made just now", e);
        }
    }

    /// An end of a ring.
    ///
    /// @param <T> which
    @FunctionalInterface
    public interface End<T> {
        /// Makes it.
        ///
        /// @param base where the ring begins
        /// @param bytes how much there is
        /// @param name for messages
        /// @return the end
        /// @throws RingFormatException if there is no ring
        T attach(long base, long bytes, String name) throws RingFormatException;
    }
}
