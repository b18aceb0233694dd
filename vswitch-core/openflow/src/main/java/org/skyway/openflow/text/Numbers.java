package org.skyway.openflow.text;

import org.skyway.openflow.model.OfPort;

/// Numbers and port names.
final class Numbers {
    private Numbers() {}

    /// A number of up to 64 bits, decimal or 0x-hexadecimal.
    static long parse(String what, String text) {
        try {
            if (text.startsWith("0x") || text.startsWith("0X")) {
                return Long.parseUnsignedLong(text.substring(2), 16);
            }
            return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new FlowSyntaxException(
                    "%s is \"%s\", which is no number; write it in decimal or as 0x…"
                            .formatted(what, text));
        }
    }

    /// A number within bounds.
    static int parse(String what, String text, long most) {
        long value = parse(what, text);
        if (value < 0 || value > most) {
            throw new FlowSyntaxException(
                    "%s is %s, but at most %d is possible".formatted(what, text, most));
        }
        return (int) value;
    }

    /// A port by number or reserved name.
    static int port(String text) {
        return switch (text.toLowerCase(java.util.Locale.ROOT)) {
            case "in_port" -> OfPort.IN_PORT;
            case "table" -> OfPort.TABLE;
            case "normal" -> OfPort.NORMAL;
            case "flood" -> OfPort.FLOOD;
            case "all" -> OfPort.ALL;
            case "controller" -> OfPort.CONTROLLER;
            case "local" -> OfPort.LOCAL;
            case "any", "none" -> OfPort.ANY;
            case "unset" -> OfPort.UNSET;
            default -> {
                long number = parse("port", text);
                if (number >= 0 && number <= OfPort.MAX) {
                    yield (int) number;
                }
                // OpenFlow 1.0 wrote the reserved numbers in 16 bits.
                if (number >= 0xfff8 && number <= 0xffff) {
                    yield (int) number | 0xffff0000;
                }
                if (number >= 0xfffffff7L && number <= 0xffffffffL) {
                    yield (int) number;
                }
                throw new FlowSyntaxException(
                        "port %s is neither 0 to %d nor a reserved one"
                                .formatted(text, OfPort.MAX));
            }
        };
    }

    /// A port's number or reserved name.
    static String port(int number) {
        return switch (number) {
            case OfPort.IN_PORT -> "IN_PORT";
            case OfPort.TABLE -> "TABLE";
            case OfPort.NORMAL -> "NORMAL";
            case OfPort.FLOOD -> "FLOOD";
            case OfPort.ALL -> "ALL";
            case OfPort.CONTROLLER -> "CONTROLLER";
            case OfPort.LOCAL -> "LOCAL";
            case OfPort.ANY -> "ANY";
            case OfPort.UNSET -> "UNSET";
            default -> Integer.toUnsignedString(number);
        };
    }
}
