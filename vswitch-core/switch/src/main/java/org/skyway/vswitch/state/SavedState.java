package org.skyway.vswitch.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.vswitch.counters.SavedCounters;

/// What a switch that is no more knew. Immutable.
public final class SavedState {
    private final Collection<Saved> items;
    private final List<OpenFlowException> refused;
    private final SavedCounters counters;
    private final int threads;
    private final boolean sameBoot;
    private final long shiftNanos;
    private final boolean sharedCounters;

    SavedState(
            Collection<Saved> items,
            List<OpenFlowException> refused,
            SavedCounters counters,
            int threads,
            boolean sameBoot,
            long shiftNanos,
            boolean sharedCounters) {
        this.sharedCounters = sharedCounters;
        this.items = items;
        this.refused = refused;
        this.counters = counters;
        this.threads = threads;
        this.sameBoot = sameBoot;
        this.shiftNanos = shiftNanos;
    }

    /// All things of a kind.
    ///
    /// @param <T> the kind
    /// @param kind its class
    /// @return in the order in which they came into being
    public <T extends Saved> List<T> all(Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (Saved s : items) {
            if (kind.isInstance(s)) {
                found.add(kind.cast(s));
            }
        }
        return found;
    }

    /// Why things that were there are not known any more: as the messages of a controller, they
    /// would be refused.
    ///
    /// @return one for each
    public List<OpenFlowException> refused() {
        return refused;
    }

    /// What was counted.
    ///
    /// @return the memory of the counters
    public SavedCounters counters() {
        return counters;
    }

    /// How many poll threads counted.
    ///
    /// @return threads
    public int threads() {
        return threads;
    }

    /// Whether the host was not started anew since: processes and regions may still be there.
    ///
    /// @return true if so
    public boolean isOfThisBoot() {
        return sameBoot;
    }

    /// The same without processes, regions and links.
    ///
    /// @return what is left after the host was started anew
    public SavedState withoutProcesses() {
        return new SavedState(items, refused, counters, threads, false, shiftNanos, sharedCounters);
    }

    /// Whether what was counted lies with what others of its process counted, so that links between
    /// them have counters there.
    ///
    /// @return false if it lies alone
    public boolean hasSharedCounters() {
        return sharedCounters;
    }

    /// A time of then as one of now.
    ///
    /// @param nanos a [System#nanoTime] of the process that is no more, or [Long#MIN_VALUE]
    /// @return the same time as this process counts; [Long#MIN_VALUE] stays what it is
    public long time(long nanos) {
        return nanos == Long.MIN_VALUE ? nanos : nanos + shiftNanos;
    }
}
