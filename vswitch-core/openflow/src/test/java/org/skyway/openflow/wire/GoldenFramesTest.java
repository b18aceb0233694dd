package org.skyway.openflow.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.OpenFlowException;

/// What Open vSwitch's programs really say, recorded between `ovs-ofctl` and `ovs-vswitchd` 3.1.
class GoldenFramesTest {
    @ParameterizedTest
    @ValueSource(strings = {"ovs-ofctl-requests.txt", "ovs-vswitchd-replies.txt"})
    void areWrittenInTheSameBytes(String file) {
        List<byte[]> frames = Frames.read(file);
        assertEquals(true, frames.size() > 100, file + " holds " + frames.size() + " messages");
        for (byte[] frame : frames) {
            boolean tid = tableInCommand(frame);
            Envelope e = OpenFlowCodec.decode(frame, tid);
            byte[] again = Frames.encode(e, tid);
            assertArrayEquals(frame, again, () -> "%s\n%s".formatted(e, hex(frame)));
        }
    }

    @Test
    void meanTheSameWhereTheBytesDiffer() {
        for (byte[] frame : Frames.read("normalised.txt")) {
            boolean tid = tableInCommand(frame);
            Envelope e = OpenFlowCodec.decode(frame, tid);
            Envelope again = OpenFlowCodec.decode(Frames.encode(e, tid), tid);
            assertEquals(e, again, () -> hex(frame));
        }
    }

    @Test
    void areRefusedWithTheNamedError() {
        for (Frames.Refused r : Frames.refused("refused.txt")) {
            OpenFlowException refusal =
                    assertThrows(
                            OpenFlowException.class,
                            () -> OpenFlowCodec.decode(r.frame(), tableInCommand(r.frame())));
            assertEquals(r.error(), refusal.code(), () -> hex(r.frame()));
        }
    }

    private static String hex(byte[] frame) {
        return HexFormat.of().formatHex(frame);
    }

    /// Whether an OpenFlow 1.0 flow-mod was sent with the table id extension on: its command has an
    /// upper byte then.
    private static boolean tableInCommand(byte[] f) {
        boolean standard = f[1] == 14;
        boolean nicira = f[1] == 4 && f[15] == 13;
        return f[0] == 1 && (standard && f[56] != 0 || nicira && f[24] != 0);
    }
}
