package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.TableCounters;
import org.skyway.vswitch.datapath.Traffic;
import org.skyway.vswitch.link.LinkRecords;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.StockPort;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.state.StateQueue;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.MeterState;

/// Notes for the switch that comes after this one, if there is a place for them. Ofproto thread.
final class Notes {
    private static final int HIGHEST_PRIORITY = 0xffff; // of what controllers see

    private final StateQueue queue; // null: nothing is remembered

    Notes(StateQueue queue) {
        this.queue = queue;
    }

    CounterMemory memory() {
        return queue == null ? CounterMemory.ofProcess() : queue.memory();
    }

    void entry(FlowEntry entry) {
        FlowRule rule = entry.rule();
        if (queue != null && rule.priority() <= HIGHEST_PRIORITY) {
            queue.put(
                    new Saved.Flow(
                            rule,
                            entry.createdNanos(),
                            entry.modifiedNanos(),
                            entry.usedNanos(),
                            block(entry.counters())));
        }
    }

    void noEntry(FlowEntry entry) {
        if (queue != null && entry.rule().priority() <= HIGHEST_PRIORITY) {
            queue.remove(new Saved.FlowKey(entry.counters().tag()));
        }
    }

    /// There are no entries any more.
    void noEntries() {
        if (queue != null) {
            queue.remove(new Saved.AllFlows());
        }
    }

    void group(int id, GroupState state) {
        if (queue == null) {
            return;
        }
        if (state == null) {
            queue.remove(new Saved.GroupKey(id));
            return;
        }
        GroupEntry group = state.group();
        List<Saved.Block> counters = new ArrayList<>();
        counters.add(block(state.counters()));
        for (int i = 0; i < group.buckets().size(); i++) {
            counters.add(block(state.counters(i)));
        }
        queue.put(new Saved.Group(group, state.createdNanos(), counters));
    }

    void meter(int id, MeterState state) {
        if (queue == null) {
            return;
        }
        if (state == null) {
            queue.remove(new Saved.MeterKey(id));
        } else {
            queue.put(
                    new Saved.OfMeter(
                            state.meter(),
                            state.createdNanos(),
                            new Saved.Block(state.block(), state.tag())));
        }
    }

    /// @param asked whether no configuration names it
    void port(BridgePort port, boolean asked) {
        if (queue == null) {
            return;
        }
        Attachment vnf = port.attachment();
        Traffic traffic = port.datapathPort().traffic();
        queue.put(
                new Saved.Port(
                        port.config().name(),
                        port.config().number(),
                        port.config().typed(),
                        asked,
                        port.state().config(),
                        new Saved.Block(traffic.block(), traffic.tag()),
                        vnf == null
                                ? stock(port)
                                : new Saved.Vnf(
                                        vnf.regionId(), vnf.cells(), vnf.pid(), vnf.program())));
    }

    // It has no region of the switch's.
    private static Saved.Vnf stock(BridgePort port) {
        StockPort.Peer peer = port.datapathPort() instanceof StockPort s ? s.peer() : null;
        return peer == null ? null : new Saved.Vnf(0, 0, peer.pid(), peer.program());
    }

    void noPort(String name) {
        if (queue != null) {
            queue.remove(new Saved.PortKey(name));
        }
    }

    void item(Saved item) {
        if (queue != null) {
            queue.put(item);
        }
    }

    void shared(TableCounters tables, LinkRecords links) {
        item(
                new Saved.Shared(
                        new Saved.Block(tables.block(), tables.tag()),
                        new Saved.Block(links.block(), links.tag())));
    }

    private static Saved.Block block(FlowCounters counters) {
        return new Saved.Block(counters.block(), counters.tag());
    }

    /// What was noted so far belongs together.
    ///
    /// @return for [#areWritten]
    long commit() {
        return queue == null ? 0 : queue.commit();
    }

    /// It is all there is to remember: what an earlier switch has left is removed.
    ///
    /// @throws IOException if it can't be
    void complete() throws IOException {
        commit();
        if (queue != null) {
            queue.complete();
        }
    }

    /// Writes all of it; another switch goes on.
    void close() {
        commit();
        queue.close();
    }

    boolean areWritten(long commit) {
        return queue == null || queue.isWritten(commit);
    }
}
