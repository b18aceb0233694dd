package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.p2p.detect.FragmentHandling;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.EgressQueues;
import org.skyway.vswitch.datapath.Traffic;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.ofproto.Forwarding;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.pipeline.Translation;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.MeterState;
import org.skyway.vswitch.tables.PortCounters;
import org.skyway.vswitch.tables.QueueCounters;
import org.skyway.vswitch.tables.TableMiss;
import org.skyway.vswitch.tables.Tables;

/// What is asked of a bridge by its OpenFlow side: what has been changed in the tables, to
/// detector, notes and events, and packets out. Ofproto thread.
final class BridgeForwarding implements Forwarding {
    private final Bridge bridge;
    private final Tables tables;
    private final Datapath datapath;
    private final Detection detector;
    private final Settler settler;
    private final Settlements settlements;
    private final Ports ports;
    private final Notes notes;
    private final Faults faults;
    private final int pollThreads;

    BridgeForwarding(
            Bridge bridge,
            Datapath datapath,
            Detection detector,
            Settler settler,
            Settlements settlements,
            Ports ports,
            Notes notes,
            Faults faults) {
        this.bridge = bridge;
        tables = datapath.tables();
        this.datapath = datapath;
        this.detector = detector;
        this.settler = settler;
        this.settlements = settlements;
        this.ports = ports;
        this.notes = notes;
        this.faults = faults;
        pollThreads = datapath.threads();
    }

    @Override
    public Tables tables() {
        return tables;
    }

    @Override
    public void entryAdded(FlowEntry entry) {
        detector.ruleAdded(entry.rule());
        notes.entry(entry);
        bridge.events().flow("flow-add", entry.rule());
        settler.changed(entry.rule());
    }

    @Override
    public void entryRemoved(FlowEntry entry) {
        detector.ruleRemoved(entry.rule());
        noteRerouted(entry);
        notes.noEntry(entry);
        bridge.events().flow("flow-delete", entry.rule());
        settler.changed();
    }

    @Override
    public void allRemoved(List<FlowEntry> entries) {
        notes.noEntries();
        List<FlowRule> rules = new ArrayList<>(entries.size());
        for (FlowEntry e : entries) {
            rules.add(e.rule());
        }
        detector.rulesRemoved(rules);
        settler.rerouted();
        bridge.events().flows("flow-delete", rules);
        settler.changed();
    }

    @Override
    public void entryReplaced(FlowEntry old, FlowEntry now) {
        detector.ruleReplaced(old.rule(), now.rule());
        noteRerouted(old);
        if (old.counters() != now.counters()) {
            notes.noEntry(old);
        }
        notes.entry(now);
        bridge.events().flow("flow-modify", now.rule());
        settler.changed(now.rule());
    }

    @Override
    public void groupChanged(int id, GroupState now) {
        GroupEntry group = now == null ? null : now.group();
        notes.group(id, now);
        detector.groupChanged(id, group);
        settler.changed(group);
        settler.rerouted();
    }

    @Override
    public void remember(Saved item) {
        notes.item(item);
    }

    @Override
    public FlowCounters newCounters() {
        return new FlowCounters(notes.memory(), pollThreads);
    }

    private void noteRerouted(FlowEntry entry) {
        if (bridge.links().uses(entry)) {
            settler.rerouted();
        }
    }

    @Override
    public void meterChanged(int id, MeterState now) {
        notes.meter(id, now);
        settler.changed();
    }

    @Override
    public MeterState newMeter(Meter meter, long createdNanos) {
        return new MeterState(meter, createdNanos, System.nanoTime(), notes.memory(), pollThreads);
    }

    @Override
    public void portConfigured(PortState old, PortState now) {
        BridgePort port = ports.byNumber(now.number());
        if (port != null) {
            detector.portChanged(old, now);
            bridge.portChanges().note(port);
            if (((old.config() ^ now.config()) & PortState.PORT_DOWN) != 0) {
                bridge.portChanges().administered(port);
            }
            port.changed(old, now);
        }
        settler.changed();
    }

    @Override
    public boolean administer(int port, boolean up) {
        return bridge.portChanges().administer(port, up);
    }

    @Override
    public void settle(Object by) {
        settler.settle(by);
    }

    @Override
    public void whenSettled(Object by, Runnable then) {
        if (!notes.areWritten(notes.commit())) {
            settlements.begin(by, List.of(), datapath.ticket(), List.of(), () -> {});
        }
        settlements.whenSettled(by, then);
    }

    @Override
    public Runnable packetOut(byte[] frame, Match metadata, List<Action> actions) {
        long[] key = FrameParser.parse(frame, (int) metadata.valueOf(Field.IN_PORT));
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] |= metadata.value(w);
        }
        Translation translation = Translation.ofNewest(tables, key, System.nanoTime());
        DatapathProgram program = translation.run(actions);
        if (translation.gaveUp()) {
            return null;
        }
        return run(program, frame);
    }

    private Runnable run(DatapathProgram program, byte[] frame) {
        return () -> {
            datapath.run(program, frame);
            settler.commanded();
        };
    }

    @Override
    public Runnable resume(byte[] frame, Match metadata, Frozen rest) {
        long[] key = FrameParser.parse(frame, (int) metadata.valueOf(Field.IN_PORT));
        for (int w = FlowKey.PACKET_WORDS; w < FlowKey.WORDS; w++) {
            key[w] = metadata.value(w);
        }
        Translation translation = Translation.ofNewest(tables, key, System.nanoTime());
        DatapathProgram program = translation.resume(rest);
        return translation.gaveUp() ? null : run(program, frame);
    }

    @Override
    public PortCounters portCounters(int number) {
        if (number == OfPort.LOCAL && ports.byNumber(number) == null) {
            long dropped = ports.local().traffic().sum(Traffic.TX_DROPPED);
            return new PortCounters(0, 0, 0, 0, 0, dropped, 0, 0);
        }
        BridgePort port = ports.byNumber(number);
        return port == null ? null : port.counters();
    }

    @Override
    public List<QueueCounters> queues(int number) {
        BridgePort port = ports.byNumber(number);
        EgressQueues egress = port == null ? null : port.datapathPort().egress();
        return egress == null ? List.of() : egress.counters();
    }

    @Override
    public long lookups(int table) {
        return datapath.tableCounters().lookups(table) + bridge.accounts().lookups(table);
    }

    @Override
    public long matched(int table) {
        return datapath.tableCounters().matches(table) + bridge.accounts().matches(table);
    }

    @Override
    public int pollThreads() {
        return pollThreads;
    }

    @Override
    public void missToController(boolean value) {
        if (value != tables.missToController()) {
            tables.missToController(value);
            missesChanged();
        }
    }

    @Override
    public void tableMiss(int table, TableMiss miss) {
        if (miss != tables.misses().getOrDefault(table, TableMiss.DEFAULT)) {
            tables.miss(table, miss);
            missesChanged();
        }
    }

    // What the detector is told may keep it from finding a link, but finds none that is not there.
    private void missesChanged() {
        Collection<TableMiss> said = tables.misses().values();
        detector.missToController(tables.missToController() || said.contains(TableMiss.CONTROLLER));
        detector.missesGoOn(said.contains(TableMiss.CONTINUE));
        settler.changed();
    }

    @Override
    public void fragmentHandling(int bits) {
        if (bits != tables.fragmentHandling()) {
            tables.fragmentHandling(bits);
            detector.fragments(
                    switch (bits) {
                        case Tables.FRAGMENTS_NORMAL -> FragmentHandling.NORMAL;
                        case Tables.FRAGMENTS_DROP -> FragmentHandling.DROPPED;
                        default -> FragmentHandling.MATCHED;
                    });
            settler.changed();
        }
    }

    @Override
    public Faults faults() {
        return faults;
    }
}
