package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.bridge.BridgeFabric;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.port.PatchPanel;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.state.StateQueue;
import org.skyway.vswitch.state.StateStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What bridges have in common for as long as there are any: links, patch ports, counters. The
/// configuration thread only.
final class Common implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Common.class);

    /// Where in the state directory the counters of all bridges lie; no bridge's name is so long.
    static final String COUNTERS = "counters-of-all-bridges";

    private final StateStore store; // null: nothing is remembered
    private final StateStore.Counters counters; // null likewise
    private final PatchPanel patches;
    private final BridgeFabric fabric;
    private boolean complete;
    private boolean givenAway;

    /// @param directory the run directory
    /// @param stateDirectory where bridges keep what the next switch must know; null for nowhere
    /// @param base what holds for every bridge
    /// @throws IOException if there is no room, or another switch has the state directory
    Common(Path directory, Path stateDirectory, SwitchConfig base, Journal journal, Faults faults)
            throws IOException {
        CounterMemory memory = CounterMemory.ofProcess();
        if (stateDirectory == null) {
            store = null;
            counters = null;
            patches = new PatchPanel();
        } else {
            store = StateStore.open(stateDirectory.resolve(COUNTERS));
            counters = counters(store, faults);
            memory = counters.memory();
            patches = new PatchPanel(RegionStore.of(directory, "patches", LOG::warn), faults);
        }
        fabric =
                new BridgeFabric(
                        base,
                        RegionStore.of(directory, "links", LOG::warn),
                        memory,
                        patches,
                        journal,
                        faults);
    }

    private static StateStore.Counters counters(StateStore store, Faults faults)
            throws IOException {
        StateStore.Counters made = null;
        try {
            made = store.counters(faults);
            return made;
        } finally {
            if (made == null) {
                store.close();
            }
        }
    }

    BridgeFabric fabric() {
        return fabric;
    }

    /// What a bridge goes on with.
    ///
    /// @param before what the switch before knew of it; null for nothing
    SavedState of(SavedState before) {
        if (before == null) {
            return null;
        }
        // Its links were noted without those of other bridges.
        SavedState useful = before.hasSharedCounters() ? before : before.withoutProcesses();
        if (useful.isOfThisBoot() && !complete) {
            patches.resume(useful.counters().cursors());
        }
        return useful;
    }

    /// Begins to remember a bridge anew.
    StateQueue begin(StateStore ofBridge, int threads, Faults faults) throws IOException {
        return ofBridge.begin(threads, faults, counters);
    }

    /// All bridges that there are to be at first are there, or can't be had: what a switch before
    /// this one has left and nobody has taken is removed.
    void complete() throws IOException {
        if (complete) {
            return;
        }
        complete = true;
        patches.complete();
        if (store != null) {
            store.removeOthers(counters);
        }
    }

    /// Another switch goes on from here.
    void handOver() throws IOException {
        givenAway = true;
        if (store != null) {
            store.close();
        }
    }

    @Override
    public void close() throws IOException {
        if (givenAway) {
            return;
        }
        fabric.close();
        patches.close();
        if (store != null) {
            if (!complete) {
                Files.deleteIfExists(counters.file());
            }
            store.close();
        }
    }
}
