package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.METADATA;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.OfPort;
import org.skyway.pipeline.Packet;
import org.skyway.vswitch.tables.MeterState;
import org.skyway.vswitch.tables.TablesVersion;

/// One packet on its way through the tables: what it is by now, and what has been done.
final class Walk extends Packet {
    /// @param copy what is done to the copy of the packet meanwhile
    private record Before(
            PipelinePacket.Saved headers,
            boolean unread,
            long queue,
            ValueStack stack,
            List<Action> actionSet,
            Copy copy)
            implements Saved {}

    final TablesVersion tables;
    final Steps out = new Steps();
    final PipelinePacket headers;
    final Looks looks = new Looks();
    final Visits visits = new Visits();
    private final Limits limits = new Limits();
    PacketTrace trace; // null for none

    // What the packet has with it beside its key.
    ValueStack stack; // null if it is empty
    boolean hashed; // select groups can be done at once
    Action.Controller paused; // what it waits for while it is frozen; null for none

    boolean packetOut;
    int mirrored; // to which mirrors' outputs, a bit for each
    int snapLength; // of what is sent now, for a mirror; 0 for all of it
    private String complaint;

    Walk(TablesVersion tables, long[] packetKey) {
        this.tables = tables;
        headers = new PipelinePacket(packetKey, out);
        actionSetOutput(OfPort.UNSET);
    }

    // ---- limits

    /// Why not everything is done that the tables say; null if it is.
    String complaint() {
        return complaint;
    }

    /// Drops the packet.
    void abandon(String why) {
        if (!isAbandoned()) {
            complaint = why;
        }
        out.abandon();
        abandon();
    }

    /// Looks whether the packet may go on to another table or group; if not, it leaves.
    ///
    /// @param depth of what calls it
    void goOn(int depth, boolean toTable) {
        String against = limits.against(depth, stack);
        if (against != null) {
            abandon(against);
        } else if (out.bytes() > Limits.MAX_BYTES) {
            // Not dropped, as in Open vSwitch, but it ends here.
            complaint = "a packet causes more than 64 KiB of datapath actions";
            note(complaint);
            leaving(true);
        } else if (toTable) {
            limits.resubmits++;
        }
    }

    /// Counts actions that are carried out.
    void count(int actions) {
        String against = limits.againstActions(actions, out.bytes());
        if (against != null) {
            abandon(against);
        }
    }

    /// Has a meter count the packet as it is. What is still to be written comes behind it, as in
    /// Open vSwitch.
    void meter(int id) {
        MeterState meter = tables.meters().get(id);
        if (meter != null) {
            out.add(new DatapathAction.Metered(meter));
        }
    }

    void note(String text) {
        if (trace != null) {
            trace.note(text);
        }
    }

    // ---- as the interpreter sees it

    @Override
    protected Saved save(boolean separate) {
        if (separate) {
            headers.commit(); // as Open vSwitch does before it makes a real copy
        }
        return new Before(headers.save(), isUnread(), queue(), stack, actionSet(), Copy.begin(out));
    }

    @Override
    protected void restore(Saved saved, boolean whole) {
        Before before = (Before) saved;
        if (!isAbandoned()) {
            before.copy.end();
        }
        restoreHeaders(saved);
        if (whole) {
            stack = before.stack;
            actionSet(before.actionSet);
        }
    }

    /// Goes on with the headers as they were, in the copy that was begun.
    void restoreHeaders(Saved saved) {
        Before before = (Before) saved;
        headers.restore(before.headers);
        unread(before.unread);
        queue(before.queue);
    }

    @Override
    protected void actionSetOutput(int port) {
        headers.actionSetOutput(port);
    }

    @Override
    protected void writeMetadata(long value, long mask) {
        headers.setBits(METADATA, value, mask);
    }

    @Override
    protected long inPort() {
        return headers.inPort() & 0xffff_ffffL;
    }
}
