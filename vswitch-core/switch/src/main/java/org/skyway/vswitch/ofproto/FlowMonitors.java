package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.FlowUpdate;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.tables.FlowEntry;

/// Flow monitors: tells controllers of changes to the entries that they watch. Updates are
/// collected per connection and sent when the batch of requests that caused them is done. Ofproto
/// thread only.
final class FlowMonitors {
    private static final int INITIAL = 1;
    private static final int ADD = 2;
    private static final int REMOVED = 4;
    private static final int MODIFY = 8;
    private static final int INSTRUCTIONS = 16;
    private static final int ONLY_OWN = 64;

    private static final int EVENT_INITIAL = 0;
    private static final int EVENT_ADDED = 1;
    private static final int EVENT_REMOVED = 2;
    private static final int EVENT_MODIFIED = 3;
    private static final int EVENT_ABBREVIATED = 4;

    private static final int COMMAND_ADD = 0;
    private static final int COMMAND_DELETE = 2;

    /// One monitor of a connection.
    ///
    /// @param item as it was asked for
    record Monitor(StatsRequest.FlowMonitor.Item item) {
        boolean watches(FlowRule rule, FlowRule before) {
            boolean port =
                    FlowFilter.outputsTo(rule.instructions(), item.outPort())
                            || before != null
                                    && FlowFilter.outputsTo(before.instructions(), item.outPort());
            return (item.table() == FlowMod.ALL_TABLES || item.table() == rule.table())
                    && port
                    && FlowFilter.usesGroup(rule.instructions(), item.outGroup())
                    && item.match().covers(rule.match());
        }
    }

    private static final class Pending {
        final List<FlowUpdate> updates = new ArrayList<>();
        boolean abbreviated;
    }

    private final OfSwitch bridge;
    private final Map<Connection, Pending> pending = new LinkedHashMap<>();

    FlowMonitors(OfSwitch bridge) {
        this.bridge = bridge;
    }

    void closed(Connection c) {
        pending.remove(c);
    }

    /// Answers a monitor request: makes the monitors and tells what they watch now.
    ///
    /// @throws OpenFlowException if any is refused; then none is made
    StatsReply.FlowMonitor request(Connection c, StatsRequest.FlowMonitor request) {
        Map<Integer, Monitor> made = new HashMap<>();
        for (StatsRequest.FlowMonitor.Item item : request.items()) {
            try {
                one(c, item, made);
            } catch (OpenFlowException refused) {
                made.keySet().forEach(c.monitors::remove);
                throw refused;
            }
        }
        Map<FlowEntry, Integer> flags = new LinkedHashMap<>();
        for (Monitor m : made.values()) {
            if ((m.item().flags() & INITIAL) != 0) {
                FlowFilter filter =
                        new FlowFilter(m.item().match(), false, 0, 0, 0, OfPort.ANY, GroupMod.ANY);
                for (FlowEntry e : bridge.tables().select(m.item().table(), filter)) {
                    if (m.watches(e.rule(), null)) {
                        flags.merge(e, m.item().flags(), (a, b) -> a | b);
                    }
                }
            }
        }
        List<FlowUpdate> updates = new ArrayList<>();
        flags.forEach((e, f) -> updates.add(update(EVENT_INITIAL, 0, e.rule(), f)));
        return new StatsReply.FlowMonitor(updates);
    }

    private static void one(
            Connection c, StatsRequest.FlowMonitor.Item item, Map<Integer, Monitor> made) {
        if (item.table() != FlowMod.ALL_TABLES) {
            FlowTables.check(item.table());
        }
        if (item.command() > COMMAND_DELETE) {
            return; // Open vSwitch takes no notice of these
        }
        if (item.command() != COMMAND_ADD && c.monitors.remove(item.id()) == null) {
            throw new OpenFlowException(
                    ErrorCode.OFPMOFC_UNKNOWN_MONITOR, "there is no monitor " + item.id());
        }
        if (item.command() == COMMAND_DELETE) {
            return;
        }
        Monitor m = new Monitor(item);
        if (c.monitors.putIfAbsent(item.id(), m) != null) {
            throw new OpenFlowException(
                    ErrorCode.OFPMOFC_MONITOR_EXISTS, "there is a monitor " + item.id());
        }
        made.put(item.id(), m);
    }

    /// Whether there are any.
    boolean areThere() {
        return bridge.connections().all().stream().anyMatch(c -> !c.monitors.isEmpty());
    }

    void cancel(Connection c, int id) {
        if (c.monitors.remove(id) == null) {
            throw new OpenFlowException(
                    ErrorCode.OFPMOFC_UNKNOWN_MONITOR, "there is no monitor " + id);
        }
    }

    /// Forgets all that was not sent yet; what happened before a bundle must be flushed first.
    void rollBack() {
        pending.clear();
    }

    void added(FlowEntry e, FlowModder.Requester by) {
        report(EVENT_ADDED, ADD, 0, e, null, by);
    }

    void removed(FlowEntry e, int reason, FlowModder.Requester by) {
        report(EVENT_REMOVED, REMOVED, reason, e, null, by);
    }

    /// An entry took another's place: by an addition, or by a modification that changed something.
    void replaced(FlowEntry old, FlowEntry now, boolean added, FlowModder.Requester by) {
        boolean actions = !now.rule().instructions().equals(old.rule().instructions());
        FlowRule before = actions ? old.rule() : null;
        if (added) {
            report(EVENT_ADDED, ADD, 0, now, before, by);
        } else if (actions || now.rule().cookie() != old.rule().cookie()) {
            report(EVENT_MODIFIED, MODIFY, 0, now, before, by);
        }
    }

    private void report(
            int event,
            int when,
            int reason,
            FlowEntry e,
            FlowRule before,
            FlowModder.Requester by) {
        if (bridge.tables().hidden(e)) {
            return;
        }
        for (Connection c : bridge.connections().all()) {
            int flags = 0;
            for (Monitor m : c.monitors.values()) {
                if ((m.item().flags() & when) != 0 && m.watches(e.rule(), before)) {
                    flags |= m.item().flags();
                }
            }
            if (flags == 0) {
                continue;
            }
            Pending p = pending.computeIfAbsent(c, k -> new Pending());
            if ((flags & ONLY_OWN) != 0 || c != by.connection()) {
                p.updates.add(update(event, reason, e.rule(), flags));
            } else if (!p.abbreviated) {
                p.updates.add(new FlowUpdate(EVENT_ABBREVIATED, 0, null, by.xid(), false));
                p.abbreviated = true;
            }
        }
    }

    private static FlowUpdate update(int event, int reason, FlowRule rule, int flags) {
        return new FlowUpdate(event, reason, rule, 0, (flags & INSTRUCTIONS) != 0);
    }

    boolean arePending() {
        return !pending.isEmpty();
    }

    /// Takes what was collected.
    ///
    /// @return sends it
    Runnable take() {
        Map<Connection, Pending> now = new LinkedHashMap<>(pending);
        pending.clear();
        return () ->
                now.forEach((c, p) ->
                        c.send(
                                new Envelope(
                                        c.version(),
                                        0,
                                        dialect(c.version()),
                                        false,
                                        new StatsReply.FlowMonitor(p.updates))));
    }

    private static Dialect dialect(Version version) {
        return switch (version) {
            case OF10, OF11, OF12 -> Dialect.NICIRA;
            case OF13 -> Dialect.ONF;
            case OF14, OF15 -> Dialect.STANDARD;
        };
    }
}
