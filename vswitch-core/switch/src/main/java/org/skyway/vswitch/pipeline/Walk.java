package org.skyway.vswitch.pipeline;

import java.util.ArrayDeque;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.tables.MeterState;
import org.skyway.vswitch.tables.Snapshot;

/// One packet on its way through the tables: what it is by now, what has been done, and what is
/// still to be done, as a stack of [Frame]s that is worked off.
final class Walk {
    /// In whose name something is done.
    ///
    /// @param table of the entry at work
    /// @param cookie of that entry; all ones if there is none
    /// @param tableMiss whether it is its table's table-miss entry
    record Owner(int table, long cookie, boolean tableMiss) {
        static final Owner NONE = new Owner(0, -1L, false);

        Owner inTable(int other) {
            return new Owner(other, cookie, tableMiss);
        }

        Owner withCookie(long other) {
            return new Owner(table, other, tableMiss);
        }
    }

    /// What was put aside while something is done to a copy of the packet.
    ///
    /// @param actionSet not to be changed
    record Saved(
            PipelinePacket.Saved packet, boolean wasMpls, ValueStack stack, ActionSet actionSet) {}

    final Snapshot tables;
    final Steps out = new Steps();
    final PipelinePacket packet;
    final Looks looks = new Looks();
    final Visits visits = new Visits();
    final Limits limits = new Limits();
    final Liveness liveness;
    final Sender sender;
    final Telling telling = new Telling(this);
    final Freezer freezer = new Freezer();
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    PacketTrace trace; // null for none

    // What the packet has with it beside its key.
    ActionSet actionSet = new ActionSet();
    ValueStack stack; // null if it is empty
    boolean groupWritten; // into the action set: no output counts any more
    boolean wasMpls; // what lies under its last label is not known
    boolean hashed; // select groups can be done at once
    Action.Controller paused; // what it waits for while it is frozen; null for none

    // What is at work.
    Owner owner = Owner.NONE;
    Instructions atWork; // of the entry whose actions are done; null if there is none
    boolean packetOut;
    boolean inGroup;
    boolean inActionSet;

    // How frames end.
    boolean exit; // nothing more is done, here and in what called this
    boolean listDone; // the last action list was done to its end
    int nextTable; // where the last instructions go on; -1 if they don't
    private String complaint;
    private boolean abandoned;

    Walk(Snapshot tables, long[] packetKey, long nowNanos) {
        this.tables = tables;
        packet = new PipelinePacket(packetKey, out);
        liveness = new Liveness(tables);
        sender = new Sender(tables, packet, out, looks, nowNanos);
        packet.actionSetOutput(OfPort.UNSET);
    }

    // ---- frames

    void begin(Frame frame) {
        frames.push(frame);
    }

    boolean isOnTop(Frame frame) {
        return frames.peek() == frame;
    }

    /// Does what is to be done.
    void run(Frame first) {
        begin(first);
        while (!frames.isEmpty()) {
            Frame top = frames.peek();
            if (!top.step()) {
                frames.pop();
            }
        }
    }

    // ---- limits

    /// Why not everything is done that the tables say; null if it is.
    String complaint() {
        return complaint;
    }

    /// Whether nothing is done to the packet after all.
    boolean isAbandoned() {
        return abandoned;
    }

    /// Drops the packet.
    void abandon(String why) {
        if (!abandoned) {
            complaint = why;
        }
        out.abandon();
        freezer.clear();
        abandoned = true;
        exit = true;
    }

    /// Whether the packet may go on to another table or group.
    boolean mayGoOn() {
        String against = limits.against(stack);
        if (against != null) {
            abandon(against);
            return false;
        }
        if (out.bytes() > Limits.MAX_BYTES) {
            // Not dropped, as in Open vSwitch, but it ends here.
            complaint = "a packet causes more than 64 KiB of datapath actions";
            note(complaint);
            exit = true;
            return false;
        }
        return true;
    }

    /// Counts actions that are carried out.
    void count(int actions) {
        String against = limits.againstActions(actions, out.bytes());
        if (against != null) {
            abandon(against);
        }
    }

    void note(String text) {
        if (trace != null) {
            trace.note(text);
        }
    }

    // ---- copies of the packet

    Saved save() {
        return new Saved(packet.save(), wasMpls, stack, actionSet);
    }

    /// Goes on with the packet as it was; stack and action set stay as they are now.
    void restorePacket(Saved saved) {
        packet.restore(saved.packet());
        wasMpls = saved.wasMpls();
    }

    void restore(Saved saved) {
        restorePacket(saved);
        stack = saved.stack();
        actionSet = saved.actionSet();
    }

    // ---- the action set

    void clearActionSet() {
        actionSet.clear();
        groupWritten = false;
        packet.actionSetOutput(OfPort.UNSET);
    }

    void write(List<Action> actions) {
        count(actions.size());
        if (abandoned) {
            return;
        }
        for (Action action : actions) {
            if (groupWritten) {
                break;
            }
            if (action instanceof Action.Output(int port, int max)) {
                packet.actionSetOutput(port);
            } else if (action instanceof Action.Group) {
                packet.actionSetOutput(OfPort.UNSET);
                groupWritten = true;
            }
        }
        actionSet.write(actions);
    }

    // ---- meters

    void meter(int id) {
        MeterState meter = tables.meters().get(id);
        if (meter != null) {
            // What is still to be written comes behind it, as in Open vSwitch: it counts the packet
            // as it is.
            out.add(new DatapathAction.Metered(meter));
        }
    }

    // ---- recirculation

    void freeze() {
        freezer.freeze();
        exit = true;
    }

    /// Where a packet, or a copy of it, is done with: what was frozen follows.
    void thaw() {
        if (freezer.isFreezing()) {
            packet.commit();
            Frozen rest = freezer.thaw(packet, stack, actionSet, hashed);
            if (paused == null) {
                out.add(new DatapathAction.Recirculate(rest));
            } else {
                telling.paused(paused, rest);
                paused = null;
            }
        }
    }
}
