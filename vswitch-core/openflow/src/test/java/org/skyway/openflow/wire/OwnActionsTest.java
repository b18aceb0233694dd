package org.skyway.openflow.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;

/// Values of actions for one field that have bits which the field has not: told as they came, as
/// Open vSwitch does.
class OwnActionsTest {
    // An OpenFlow 1.0 flow-mod with NXM that matches MPLS packets and has one action.
    private static final String FLOW_MOD =
            "010400500000000c000023200000000d000000000000000000010000000080"
                    + "00ffffffffffff000000060000000000000000060288470000%s";

    @ParameterizedTest
    @CsvSource({
        "ffff001000002320001e000003000000, 0x3000000",
        "ffff001000002320001f490000000000, 0x49"
    })
    void areKept(String action, String value) {
        byte[] frame = HexFormat.of().parseHex(FLOW_MOD.formatted(action));
        frame[3] = (byte) frame.length;
        Envelope e = OpenFlowCodec.decode(frame, false);
        Action.SetField set =
                (Action.SetField) ((FlowMod) e.message()).instructions().apply().getFirst();
        assertEquals(Long.decode(value), set.low());
        assertArrayEquals(frame, OpenFlowCodec.encode(e));
    }

    @ParameterizedTest
    @CsvSource({"ffff001000002320001e0000fff00003, 3", "ffff001000002320001f490000000000, 1"})
    void areCutWhereTheyWouldBeRefused(String action, int value) {
        byte[] frame = HexFormat.of().parseHex(FLOW_MOD.formatted(action));
        frame[3] = (byte) frame.length;
        FlowMod m = (FlowMod) OpenFlowCodec.decode(frame, true).message();
        for (Version v : Version.values()) {
            if (v.atLeast(Version.OF12)) {
                byte[] told = OpenFlowCodec.encode(new Envelope(v, 1, m));
                FlowMod heard = (FlowMod) OpenFlowCodec.decode(told, false).message();
                Action.SetField set = (Action.SetField) heard.instructions().apply().getFirst();
                assertEquals(value, set.low());
            }
        }
    }
}
