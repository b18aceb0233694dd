package org.skyway.openflow.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;

class NestedClonesTest {
    private static final int DEEPEST = 100;

    private static byte[] frame(int depth) {
        Action action = new Action.Output(2, 0);
        for (int i = 0; i < depth; i++) {
            action = new Action.Clone(List.of(action));
        }
        FlowMod mod =
                new FlowMod(
                        FlowMod.Command.ADD,
                        Match.ANY,
                        1,
                        0,
                        0,
                        0,
                        0,
                        false,
                        0,
                        0,
                        0,
                        -1,
                        OfPort.ANY,
                        -1,
                        0,
                        Instructions.apply(action));
        return OpenFlowCodec.encode(new Envelope(Version.OF13, 1, mod));
    }

    @Test
    void areTakenAsDeepAsTheyCanBeSaid() {
        byte[] frame = frame(DEEPEST);
        FlowMod mod = (FlowMod) OpenFlowCodec.decode(frame, false).message();
        int depth = 0;
        Action action = mod.instructions().apply().getFirst();
        while (action instanceof Action.Clone c) {
            action = c.actions().getFirst();
            depth++;
        }
        assertEquals(DEEPEST, depth);
    }

    @Test
    void areRefusedWhenDeeper() {
        byte[] frame = frame(DEEPEST + 1);
        OpenFlowException e =
                assertThrows(OpenFlowException.class, () -> OpenFlowCodec.decode(frame, false));
        assertEquals(ErrorCode.OFPBAC_TOO_MANY, e.code());
    }
}
