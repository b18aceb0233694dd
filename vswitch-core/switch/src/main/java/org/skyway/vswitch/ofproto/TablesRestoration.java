package org.skyway.vswitch.ofproto;

import org.skyway.vswitch.counters.FlowBlock;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.MeterState;
import org.skyway.vswitch.tables.TableMiss;

/// Puts back what a switch that is no more had in its tables. Ofproto thread, before anybody is
/// connected.
final class TablesRestoration {
    private final OfSwitch bridge;
    private final SavedState saved;

    TablesRestoration(OfSwitch bridge, SavedState saved) {
        this.bridge = bridge;
        this.saved = saved;
    }

    void run() {
        for (Saved.Switch s : saved.all(Saved.Switch.class)) {
            bridge.fragmentHandling(s.fragmentHandling());
            bridge.forwarding().fragmentHandling(s.fragmentHandling());
            if (s.hasGeneration()) {
                bridge.elect(s.generation());
            }
        }
        saved.all(Saved.Table.class).forEach(this::table);
        for (Saved.OfMeter m : saved.all(Saved.OfMeter.class)) {
            MeterState state = bridge.meters().restore(m.meter(), saved.time(m.createdNanos()));
            Saved.Block of = m.counters();
            state.resume(saved.counters(), of.block(), of.tag(), saved.threads());
        }
        saved.all(Saved.Group.class).forEach(this::group);
        saved.all(Saved.Flow.class).forEach(this::flow);
        saved.refused().forEach(e -> bridge.faults().record("state: what was remembered", e));
        bridge.remember();
        bridge.settle();
    }

    private void table(Saved.Table t) {
        TableSettings s = bridge.tables().settings(t.table());
        s.eviction = t.eviction();
        s.vacancyEvents = t.vacancyEvents();
        s.vacancyDown = t.vacancyDown();
        s.vacancyUp = t.vacancyUp();
        s.miss = TableMiss.values()[t.miss()];
        bridge.forwarding().tableMiss(t.table(), s.miss);
        s.name = t.name();
        bridge.vacancies().configured(t.table());
        bridge.remember(t.table());
    }

    private void group(Saved.Group g) {
        bridge.groups()
                .restore(g.entry(), saved.time(g.createdNanos()))
                .resume(g.counters().stream().map(this::sums).toList());
    }

    private void flow(Saved.Flow f) {
        FlowCounters counters = bridge.forwarding().newCounters();
        counters.resume(sums(f.counters()));
        bridge.flows()
                .restore(
                        new FlowEntry(
                                f.rule(),
                                saved.time(f.createdNanos()),
                                saved.time(f.modifiedNanos()),
                                saved.time(f.usedNanos()),
                                counters));
    }

    private FlowBlock.Sums sums(Saved.Block b) {
        FlowBlock.Sums then = FlowBlock.read(saved.counters(), b.block(), b.tag(), saved.threads());
        return new FlowBlock.Sums(then.packets(), then.bytes(), saved.time(then.lastUsedNanos()));
    }
}
