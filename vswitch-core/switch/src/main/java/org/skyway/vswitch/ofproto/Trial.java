package org.skyway.vswitch.ofproto;

import java.nio.file.Path;
import java.util.List;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.skyway.vswitch.tables.FlowEntry;

/// Flow-mods and group-mods done to a copy of a bridge's tables, by the same code that does those
/// that controllers send, so that just what the switch refuses is refused. The switch itself takes
/// no notice. One thread at a time.
public final class Trial {
    private static final Version VERSION = Version.OF13;
    private static final FlowModder.Requester NOBODY = FlowModder.Requester.SWITCH;

    private final OfSwitch bridge;
    private final MessageRequests requests;
    private boolean metersAreGiven = true;

    /// A trial.
    ///
    /// @param copy what there is at first
    /// @param forwarding is told of what is done, and of the entries and groups that there are at
    ///   first
    public Trial(TablesCopy copy, Forwarding forwarding) {
        OfprotoConfig config =
                new OfprotoConfig(
                        "trial", 0, Path.of("/"), List.of(), OfprotoConfig.FailMode.SECURE);
        bridge = new OfSwitch(config, forwarding);
        requests = new MessageRequests(bridge);
        copy.meters().forEach(bridge.meters()::restore);
        copy.groups().forEach(bridge.groups()::restore);
        copy.evicting().forEach(t -> bridge.tables().settings(t).eviction = true);
        copy.entries().forEach(e -> restore(e, copy.hidden().contains(e)));
    }

    // The switch's entries lie in its own tables.
    private void restore(FlowEntry entry, boolean hidden) {
        FlowEntry own = entry.copy();
        bridge.flows().restore(own);
        if (hidden) {
            bridge.tables().hide(own);
        }
    }

    /// From now on every meter that a flow names is there.
    public void withAllMeters() {
        metersAreGiven = false;
    }

    /// Does a flow-mod that came from a controller by OpenFlow 1.3.
    ///
    /// @param m the flow-mod
    /// @throws OpenFlowException if it is refused; says how the switch answers
    /// @throws IllegalArgumentException if it can't be put into a message
    public void apply(FlowMod m) {
        change(sent(m));
    }

    /// Does a flow-mod as it is, without a message: for what has no form in one.
    ///
    /// @param m the flow-mod
    /// @throws OpenFlowException if it is refused; says how the switch answers
    public void applyUnsent(FlowMod m) {
        change(m);
    }

    /// Does a group-mod that came from a controller by OpenFlow 1.3.
    ///
    /// @param m the group-mod
    /// @throws OpenFlowException if it is refused; says how the switch answers
    /// @throws IllegalArgumentException if it can't be put into a message
    public void apply(GroupMod m) {
        change(sent(m));
    }

    // What a message makes of it is what the switch gets to see.
    private static Message sent(Message m) {
        byte[] frame = OpenFlowCodec.encode(new Envelope(VERSION, 0, m));
        return OpenFlowCodec.decode(frame, false).message();
    }

    private void change(Message m) {
        if (!metersAreGiven && m instanceof FlowMod f && f.instructions().meter() > 0) {
            bridge.meters().restore(new Meter(f.instructions().meter(), 0, List.of()));
        }
        requests.change(m, VERSION, NOBODY);
        bridge.settle(); // drops what nobody is to be told
    }
}
