package org.skyway.vswitch.ofproto;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.PortCounters;
import org.skyway.vswitch.tables.QueueCounters;
import org.skyway.vswitch.tables.Tables;

/// A forwarding side that keeps everything in memory and forwards by the plainest possible look-up:
/// every entry of table 0, highest priority first. Ofproto thread only.
final class MemoryForwarding implements Forwarding {
    /// What a port counted.
    private static final class Traffic {
        long rxPackets;
        long rxBytes;
        long txPackets;
        long txBytes;
    }

    private final Tables tables = new Tables();
    final Set<FlowEntry> entries = Collections.newSetFromMap(new IdentityHashMap<>());
    final List<PortState> configured = new ArrayList<>();
    int settles;
    boolean switchable = true; // what ports are outside of the switch
    private final Faults faults = new Faults();
    Ofproto ofproto;
    private final Map<Integer, Traffic> ports = new LinkedHashMap<>();
    private long lookups;
    private long matched;

    /// A port comes.
    void port(PortState port) {
        ports.put(port.number(), new Traffic());
        tables.port(port);
        ofproto.portChanged(null, port);
    }

    /// The OpenFlow side of a bridge that goes by this.
    OfSwitch bridge() {
        return new OfSwitch(
                new OfprotoConfig("br0", 1, Path.of("/"), List.of(), OfprotoConfig.FailMode.SECURE),
                this);
    }

    @Override
    public Tables tables() {
        return tables;
    }

    @Override
    public void entryAdded(FlowEntry entry) {
        entries.add(entry);
    }

    @Override
    public void entryRemoved(FlowEntry entry) {
        if (!entries.remove(entry)) {
            throw new IllegalStateException("removed what was never added: " + entry);
        }
    }

    @Override
    public void allRemoved(List<FlowEntry> all) {
        all.forEach(this::entryRemoved);
    }

    @Override
    public void entryReplaced(FlowEntry old, FlowEntry now) {
        entryRemoved(old);
        entryAdded(now);
    }

    @Override
    public void groupChanged(int id, GroupState now) {}

    @Override
    public boolean administer(int port, boolean up) {
        return switchable;
    }

    @Override
    public void portConfigured(PortState old, PortState now) {
        configured.add(now);
    }

    // As a dummy port of Open vSwitch has: one, of which nothing is known.
    @Override
    public List<QueueCounters> queues(int port) {
        return List.of(new QueueCounters(0, -1, -1, -1, QueueCounters.UNKNOWN));
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public void settle(Object by) {
        settles++;
    }

    /// What waits for changes to be effective while they are made to take their time.
    final List<Runnable> waiting = new ArrayList<>();

    boolean slow;

    @Override
    public void whenSettled(Object by, Runnable then) {
        if (slow) {
            waiting.add(then);
        } else {
            then.run();
        }
    }

    /// Changes are effective at last.
    void settled() {
        slow = false;
        List<Runnable> now = List.copyOf(waiting);
        waiting.clear();
        now.forEach(Runnable::run);
    }

    /// A frame comes in at a port.
    void receive(byte[] frame, int port) {
        Traffic t = ports.get(port);
        t.rxPackets++;
        t.rxBytes += frame.length;
        pipeline(frame, port);
    }

    /// Flows may send packets to the tables again.
    private static final int MAX_DEPTH = 64;

    private int depth;

    private void pipeline(byte[] frame, int port) {
        long[] key = FrameParser.parse(frame, port);
        FlowEntry best = null;
        for (FlowEntry e : entries) {
            if (e.rule().table() == 0
                    && e.rule().match().matches(key)
                    && (best == null || e.rule().priority() > best.rule().priority())) {
                best = e;
            }
        }
        lookups++;
        if (best == null) {
            toControllers(frame, port, key, -1, AsyncDefaults.IMPLICIT_MISS, 0, Bytes.EMPTY);
            return;
        }
        matched++;
        best.counters().add(BurstLog.none(0), 1, frame.length, System.nanoTime());
        run(frame, port, key, best.rule().cookie(), best.rule().instructions().apply());
    }

    private void run(byte[] frame, int inPort, long[] key, long cookie, List<Action> actions) {
        for (Action a : actions) {
            switch (a) {
                case Action.Output o -> output(frame, inPort, key, cookie, o.port());
                case Action.Controller c ->
                        toControllers(
                                frame,
                                inPort,
                                key,
                                cookie,
                                c.reason(),
                                c.controllerId(),
                                c.userdata());
                case Action.Load l when l.target().field() == Field.REG0 ->
                        l.target().field().set(key, l.value());
                case Action.SetField f when f.field() == Field.REG0 -> f.field().set(key, f.low());
                default -> {}
            }
        }
    }

    private void toControllers(
            byte[] frame,
            int inPort,
            long[] key,
            long cookie,
            int reason,
            int controllerId,
            Bytes userdata) {
        long[] metadata = Arrays.copyOfRange(key, FlowKey.PACKET_WORDS, FlowKey.WORDS);
        ofproto.packetIn(
                frame,
                frame.length,
                new DatapathAction.ToController(
                        frame.length,
                        reason,
                        0,
                        cookie,
                        controllerId,
                        userdata,
                        inPort,
                        metadata,
                        null));
    }

    private void output(byte[] frame, int inPort, long[] key, long cookie, int port) {
        if (port == OfPort.CONTROLLER) {
            toControllers(frame, inPort, key, cookie, 1, 0, Bytes.EMPTY);
        } else if (port == OfPort.TABLE) {
            if (depth < MAX_DEPTH) {
                depth++;
                pipeline(frame, inPort);
                depth--;
            }
        } else if (ports.containsKey(port)) {
            Traffic t = ports.get(port);
            t.txPackets++;
            t.txBytes += frame.length;
        }
    }

    @Override
    public Runnable resume(byte[] frame, Match metadata, Frozen rest) {
        throw new UnsupportedOperationException("this pipeline pauses no packets");
    }

    @Override
    public Runnable packetOut(byte[] frame, Match metadata, List<Action> actions) {
        int inPort = (int) metadata.valueOf(Field.IN_PORT);
        long[] key = new long[FlowKey.WORDS];
        return () -> run(Arrays.copyOf(frame, frame.length), inPort, key, -1, actions);
    }

    @Override
    public PortCounters portCounters(int port) {
        Traffic t = ports.get(port);
        return t == null
                ? null
                : new PortCounters(t.rxPackets, t.txPackets, t.rxBytes, t.txBytes, 0, 0, 0, 0);
    }

    @Override
    public long lookups(int table) {
        return table == 0 ? lookups : 0;
    }

    @Override
    public long matched(int table) {
        return table == 0 ? matched : 0;
    }

    @Override
    public int pollThreads() {
        return 1;
    }
}
