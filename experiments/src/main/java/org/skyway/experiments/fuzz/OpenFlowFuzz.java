package org.skyway.experiments.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.wire.OpenFlowCodec;

/// OpenFlow messages of any version. What is understood is written and read again, and then comes
/// out the same.
public final class OpenFlowFuzz {
    private static final int HEADER = 8;
    private static final int FLOW_MOD = 14;
    private static final int PRIORITY = 62;
    private static final int WILDCARDS = (1 << 22) - 1;

    private OpenFlowFuzz() {}

    /// One input.
    ///
    /// @param input a byte of flags (1: the table is in the command, 2: the length is made right)
    ///   and a message
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 1 + HEADER) {
            return; // a connection does not hand on less than a header
        }
        boolean tableInCommand = (input[0] & 1) != 0;
        byte[] frame = Arrays.copyOfRange(input, 1, input.length);
        if ((input[0] & 2) != 0) {
            frame[2] = (byte) (frame.length >> 8);
            frame[3] = (byte) frame.length;
        }
        Envelope message;
        try {
            OpenFlowCodec.helloVersions(frame);
            OpenFlowCodec.head(frame, 0, frame.length);
            message = OpenFlowCodec.decode(frame, tableInCommand);
        } catch (OpenFlowException e) {
            return; // answered with an error
        }
        List<byte[]> once = encode(message, tableInCommand);
        List<byte[]> twice = new ArrayList<>();
        for (byte[] written : once) {
            twice.addAll(encode(OpenFlowCodec.decode(written, tableInCommand), tableInCommand));
        }
        if (once.size() != twice.size()) {
            throw new AssertionError(once.size() + " frames became " + twice.size());
        }
        for (int i = 0; i < once.size(); i++) {
            if (isExact(once.get(i))) {
                Arrays.fill(once.get(i), PRIORITY, PRIORITY + 2, (byte) 0xff);
            }
            if (!Arrays.equals(once.get(i), twice.get(i))) {
                throw new AssertionError(
                        "%s%nbecame %s%nby way of %s"
                                .formatted(hex(once.get(i)), hex(twice.get(i)), message));
            }
        }
    }

    /// Whether this is a flow-mod of OpenFlow 1.0 without wildcards, which has the highest priority
    /// whatever it says (OpenFlow 1.0.1, "Flow Table"). A match may also lose the last wildcard
    /// when it is written: that of the priority of a tag that must not be there.
    private static boolean isExact(byte[] frame) {
        return frame[0] == 1
                && frame[1] == FLOW_MOD
                && (ByteBuffer.wrap(frame).getInt(HEADER) & WILDCARDS) == 0;
    }

    private static List<byte[]> encode(Envelope message, boolean tableInCommand) {
        List<byte[]> frames = new ArrayList<>();
        OpenFlowCodec.encodeAll(message, tableInCommand, frames::add);
        return frames;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
