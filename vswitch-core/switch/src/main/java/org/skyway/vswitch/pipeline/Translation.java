package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.IN_PORT;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.Job;
import org.skyway.pipeline.Owner;
import org.skyway.pipeline.Rereading;
import org.skyway.pipeline.Todo;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;
import org.skyway.vswitch.tables.TablesVersion;

/// One run of the pipeline for one flow key (OpenFlow 1.3.5, "Pipeline Processing"; Open vSwitch's
/// translation for what that leaves open). Used once, by one thread. Whatever the outcome depends
/// on is added to [#examined] and [#dependencies].
public final class Translation {
    private final TablesVersion tables;
    private final Walk walk;
    private final PipelinePacket packet;
    private final SwitchDomain domain;

    /// A run that sees what is published now, and nothing that is published while it goes on.
    ///
    /// @param tables what to look at
    /// @param packetKey the packet's flow key; copied
    /// @param nowNanos [System#nanoTime]
    public Translation(Tables tables, long[] packetKey, long nowNanos) {
        this(tables.published(), packetKey, nowNanos);
    }

    /// A run that sees what is not published yet, too. Ofproto thread.
    ///
    /// @param tables what to look at
    /// @param packetKey the packet's flow key; copied
    /// @param nowNanos [System#nanoTime]
    /// @return the run
    public static Translation ofNewest(Tables tables, long[] packetKey, long nowNanos) {
        return new Translation(tables.newest(), packetKey, nowNanos);
    }

    private Translation(TablesVersion tables, long[] packetKey, long nowNanos) {
        this.tables = tables;
        walk = new Walk(tables, packetKey);
        packet = walk.headers;
        domain = new SwitchDomain(walk, nowNanos);
    }

    /// Runs the packet through the tables from table 0 on.
    ///
    /// @return what to do with it and its like
    public DatapathProgram run() {
        packet.examined[IN_PORT] |= Field.IN_PORT.ones() << 32;
        PortState port = tables.ports().get(packet.inPort());
        if (port != null && !port.receives()) {
            walk.note("the port is switched off or does not receive");
        } else if (domain.receive(walk) && !isDroppedFragment()) {
            go(new Todo(new Job.LookUp(Owner.NONE, 0, OfPort.IN_PORT, Job.Way.ENTER, true), null));
            // In whose name the action set is done.
            FlowEntry first = walk.visits.first();
            go(
                    new Todo(
                            new Job.RunActionSet(
                                    Owner.NONE.of(first == null ? null : first.rule())),
                            null));
        }
        return program();
    }

    private boolean isDroppedFragment() {
        if (tables.fragmentHandling() != Tables.FRAGMENTS_DROP) {
            return false;
        }
        packet.examine(Field.IP_FRAG);
        if (Field.IP_FRAG.get(packet.key) == 0) {
            return false;
        }
        walk.note("fragments are dropped");
        return true;
    }

    private void go(Todo todo) {
        domain.interpreter().run(walk, todo);
    }

    /// Goes on with what was left to do.
    ///
    /// @param rest what that is; the key is that of the packet as it is now
    /// @return what to do with the packet and its like
    public DatapathProgram resume(Frozen rest) {
        packet.examined[IN_PORT] |= Field.IN_PORT.ones() << 32;
        walk.hashed = rest.hashed();
        walk.stack = rest.stack();
        walk.writeActions(rest.actionSet());
        PortState port = tables.ports().get(packet.inPort());
        walk.mirrored = rest.mirrored();
        walk.cameWithQueue(rest.queue());
        boolean receives = port == null || (port.config() & PortState.NO_RECV) == 0;
        if (receives && domain.receive(walk)) {
            go(Rereading.resume(rest.jobs()));
        }
        return program();
    }

    /// Does an action list, as of a packet-out.
    ///
    /// @param actions in order
    /// @return what to do with the packet
    public DatapathProgram run(List<Action> actions) {
        walk.packetOut = true;
        if (!domain.receive(walk)) {
            return program();
        }
        Todo end = new Todo(new Job.RunActionSet(Owner.NONE), null);
        go(actions.isEmpty() ? end : new Todo(new Job.Act(Owner.NONE, actions, 0), end));
        return program();
    }

    private DatapathProgram program() {
        if (walk.isAbandoned()) {
            walk.out.abandon(); // what was at work then may have begun copies since
        }
        walk.out.trim();
        return walk.visits.program(walk.out, domain.learningSwitch().source());
    }

    /// Notes what happens, for a reader.
    ///
    /// @param to where to
    public void trace(PacketTrace to) {
        walk.trace = to;
    }

    /// The packet's key as it is by now.
    ///
    /// @return a copy
    public long[] key() {
        return packet.key.clone();
    }

    /// Which bits of the packet's key the program depends on.
    ///
    /// @return [org.skyway.openflow.model.FlowKey#WORDS] masks
    public long[] examined() {
        return packet.examined;
    }

    /// Whether the pipeline gave up, as [#complaint] tells. Then nothing is done to the packet; but
    /// it is counted where it came by, and what it has taught the switch stays.
    ///
    /// @return true if so
    public boolean gaveUp() {
        return walk.isAbandoned();
    }

    /// Why not everything is done that the tables say: a loop, more labels than the pipeline can
    /// deal with, or too much of anything.
    ///
    /// @return the beginning of a sentence without a full stop; null if everything is done
    public String complaint() {
        return walk.complaint();
    }

    /// Whether the run learned an address, so that what was decided before may no longer hold.
    ///
    /// @return true if so
    public boolean learned() {
        return domain.learningSwitch().learned();
    }

    /// The version of the tables that the run sees.
    ///
    /// @return as of [Tables#version] when it began; the highest of all if it is [#ofNewest]
    public long version() {
        return tables.version();
    }

    /// What else the outcome depends on.
    ///
    /// @return as of now; to be asked for when the run is over
    public Dependencies dependencies() {
        List<FlowRule> learned = new ArrayList<>(0);
        for (DatapathAction action : walk.out) {
            if (action instanceof DatapathAction.Learned l) {
                learned.add(l.rule());
            }
        }
        return walk.looks.with(packet.examined).learning(learned);
    }
}
