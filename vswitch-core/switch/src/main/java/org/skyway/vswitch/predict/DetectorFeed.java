package org.skyway.vswitch.predict;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.ofproto.Forwarding;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.PortCounters;
import org.skyway.vswitch.tables.Tables;

/// Tells a detector of what is done to tables that nobody forwards by.
final class DetectorFeed implements Forwarding {
    private final Tables tables;
    private final P2pDetector detector;
    private final Faults faults = new Faults();

    /// @param detector looks at the tables
    DetectorFeed(Tables tables, P2pDetector detector) {
        this.tables = tables;
        this.detector = detector;
    }

    @Override
    public Tables tables() {
        return tables;
    }

    @Override
    public void entryAdded(FlowEntry entry) {
        detector.ruleAdded(entry.rule());
    }

    @Override
    public void entryRemoved(FlowEntry entry) {
        detector.ruleRemoved(entry.rule());
    }

    @Override
    public void allRemoved(List<FlowEntry> entries) {
        detector.rulesRemoved(entries.stream().map(FlowEntry::rule).toList());
    }

    @Override
    public void entryReplaced(FlowEntry old, FlowEntry now) {
        detector.ruleReplaced(old.rule(), now.rule());
    }

    @Override
    public void groupChanged(int id, GroupState now) {
        detector.groupChanged(id, now == null ? null : now.group());
    }

    @Override
    public void portConfigured(PortState old, PortState now) {
        detector.portChanged(old, now);
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public void settle(Object by) {}

    @Override
    public int pollThreads() {
        return 1;
    }

    private static UnsupportedOperationException noPackets() {
        return new UnsupportedOperationException("no packet passes these tables");
    }

    @Override
    public Runnable packetOut(byte[] frame, Match metadata, List<Action> actions) {
        throw noPackets();
    }

    @Override
    public Runnable resume(byte[] frame, Match metadata, Frozen rest) {
        throw noPackets();
    }

    @Override
    public PortCounters portCounters(int port) {
        return null;
    }

    @Override
    public long lookups(int table) {
        return 0;
    }

    @Override
    public long matched(int table) {
        return 0;
    }
}
