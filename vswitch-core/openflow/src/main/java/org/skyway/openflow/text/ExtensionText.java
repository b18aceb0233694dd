package org.skyway.openflow.text;

import java.nio.ByteBuffer;
import java.util.Map;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.OfPort;

/// Open vSwitch's actions that have no effect here, or that the switch refuses: as far as they are
/// needed to be sent to it.
final class ExtensionText {
    private static final int EXPERIMENTER = 0xffff;
    private static final int TUN_METADATA0 = 0x0001507c; // NXM_NX_TUN_METADATA0 as a header
    private static final int SHORTEST = 16;
    private static final int SAMPLE = 29;
    private static final int SAMPLE2 = 38;
    private static final int SAMPLE3 = 41;

    /// Subtypes of Nicira's actions.
    private static final Map<String, Integer> SUBTYPES =
            Map.of(
                    "ct", 35,
                    "nat", 36,
                    "encap", 46,
                    "decap", 47,
                    "delete_field", 50,
                    "debug_slow", 254,
                    "debug_recirc", 255);

    private ExtensionText() {}

    /// An action that the switch refuses, whatever its arguments are.
    ///
    /// @return the action; null if it is none of these
    static Action refused(Tokens.Token token) {
        Integer subtype = SUBTYPES.get(token.key());
        if (subtype == null) {
            return null;
        }
        boolean field = token.key().equals("delete_field");
        ByteBuffer wire = header(subtype, field ? SHORTEST + 8 : SHORTEST);
        if (field) {
            wire.putInt(TUN_METADATA0);
        }
        return new Action.Opaque(token.toString(), Bytes.of(wire.array()));
    }

    private static ByteBuffer header(int subtype, int length) {
        return ByteBuffer.allocate(length)
                .putShort((short) EXPERIMENTER)
                .putShort((short) length)
                .putInt(ErrorCode.NICIRA)
                .putShort((short) subtype);
    }

    /// Reads `sample(probability=…)`.
    static Action sample(Tokens.Token token, Names names) {
        int probability = 0;
        int collector = 0;
        int domain = 0;
        int point = 0;
        int port = OfPort.ANY;
        int direction = 0;
        for (Tokens.Token part : Tokens.of(token.value())) {
            String value = part.value();
            switch (part.key()) {
                case "probability" -> probability = Numbers.parse("probability", value, 0xffff);
                case "collector_set_id" -> collector = number(part);
                case "obs_domain_id" -> domain = number(part);
                case "obs_point_id" -> point = number(part);
                case "sampling_port" -> port = names.port(value);
                case "ingress" -> direction = 1;
                case "egress" -> direction = 2;
                default ->
                        throw new FlowSyntaxException("sample(…) knows no \"%s\"".formatted(part));
            }
        }
        if (probability == 0) {
            throw new FlowSyntaxException("sample(…) needs a probability of 1 to 65535");
        }
        boolean plain = port == OfPort.ANY && direction == 0;
        int subtype = plain ? SAMPLE : direction == 0 ? SAMPLE2 : SAMPLE3;
        ByteBuffer wire =
                header(subtype, plain ? 24 : 32)
                        .putShort((short) probability)
                        .putInt(collector)
                        .putInt(domain)
                        .putInt(point);
        if (!plain) {
            wire.putShort((short) port).put((byte) direction);
        }
        return new Action.Opaque(token.toString(), Bytes.of(wire.array()));
    }

    private static int number(Tokens.Token part) {
        return Numbers.parse(part.key(), part.value(), 0xffffffffL);
    }
}
