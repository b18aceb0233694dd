package org.skyway.experiments.fuzz;

import java.util.Arrays;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.MeterMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.skyway.vswitch.state.SavedMessage;

/// What a controller of any version adds: a switch that restarts knows it as it was.
public final class StateFuzz {
    private static final int HEADER = 8;

    private StateFuzz() {}

    /// One input.
    ///
    /// @param frame a message; its length is made right
    public static void fuzzerTestOneInput(byte[] frame) {
        if (frame.length < HEADER) {
            return;
        }
        byte[] whole = Arrays.copyOf(frame, frame.length);
        whole[2] = (byte) (whole.length >> 8);
        whole[3] = (byte) whole.length;
        Message message;
        try {
            message = OpenFlowCodec.decode(whole, true).message();
        } catch (OpenFlowException e) {
            return; // answered with an error
        }
        if (!isAdded(message)) {
            return;
        }
        Message after = SavedMessage.read(SavedMessage.write(message));
        if (!SavedMessage.isToldAlike(message, after)) {
            throw new AssertionError("%s%nbecame %s".formatted(message, after));
        }
    }

    /// What there can be: an entry is in a table.
    private static boolean isAdded(Message message) {
        return switch (message) {
            case FlowMod m -> m.command() == FlowMod.Command.ADD && m.table() != FlowMod.ALL_TABLES;
            case GroupMod g -> g.command() == GroupMod.ADD;
            case MeterMod _ -> true;
            default -> false;
        };
    }
}
