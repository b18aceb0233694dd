package org.skyway.openflow.wire;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Match;

/// Reads lists of actions; [ActionEncoder] writes them.
final class ActionCodec {
    static final int EXPERIMENTER = 0xffff;

    private ActionCodec() {}

    /// Reads a list whose length was given by the message around it.
    ///
    /// @param length bytes
    static List<Action> list(WireReader in, int length, Version version, Match match) {
        checkLength(in, length);
        return list(
                in.part(length, ErrorCode.OFPBAC_BAD_LEN),
                new ActionTable.Context(version, match, 0));
    }

    static void checkLength(WireReader in, int length) {
        if (length % 8 != 0 || length > in.remaining()) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BAD_LEN,
                    "%d bytes of actions, %d left".formatted(length, in.remaining()));
        }
    }

    /// Reads a list to the end of a part.
    static List<Action> list(WireReader in, ActionTable.Context context) {
        List<Action> actions = listWithInstructions(in, context);
        for (Action a : actions) {
            if (isWriteMetadata(a)) {
                throw new OpenFlowException(
                        ErrorCode.OFPBIC_UNSUP_INST, "write_metadata where only actions may be");
            }
        }
        return actions;
    }

    /// Whether an action stands for the write-metadata instruction.
    static boolean isWriteMetadata(Action action) {
        return action instanceof Action.Opaque o && o.name().equals(FlowActions.WRITE_METADATA);
    }

    /// The same, but write-metadata may be among them.
    static List<Action> listWithInstructions(WireReader in, ActionTable.Context context) {
        if (in.remaining() == 0) {
            return List.of();
        }
        Action first = one(in, context);
        List<Action> actions;
        if (in.remaining() == 0) { // as most lists, of which there may be very many
            actions = List.of(first);
        } else {
            List<Action> all = new ArrayList<>();
            all.add(first);
            while (in.remaining() > 0) {
                all.add(one(in, context));
            }
            actions = List.copyOf(all);
        }
        ActionRules.verify(actions);
        return actions;
    }

    private static Action one(WireReader in, ActionTable.Context context) {
        int left = in.remaining();
        if (left < 8) {
            throw badLength("an action of %d bytes".formatted(left));
        }
        int type = in.u16();
        int length = in.u16();
        int vendor = 0;
        int header = 4;
        if (type == EXPERIMENTER) {
            vendor = in.s32();
            if (vendor != ErrorCode.NICIRA && vendor != ErrorCode.ONF) {
                throw new OpenFlowException(
                        ErrorCode.OFPBAC_BAD_VENDOR, "action of vendor 0x%08x".formatted(vendor));
            }
            if (left < 16) {
                throw badLength("an extension action of %d bytes".formatted(left));
            }
            type = in.u16();
            header = 10;
        }
        ActionTable.Form form = ActionTable.of(vendor, type, context.version());
        if (length > left
                || length < form.minLength()
                || length > form.maxLength()
                || length % 8 != 0) {
            throw badLength(
                    "action %d of vendor 0x%x has %d bytes, %d left"
                            .formatted(type, vendor, length, left));
        }
        WireReader body = in.part(length - header, ErrorCode.OFPBAC_BAD_LEN);
        return form.decoder().decode(body, context);
    }

    private static OpenFlowException badLength(String reason) {
        return new OpenFlowException(ErrorCode.OFPBAC_BAD_LEN, reason);
    }
}
