package org.skyway.openflow.text;

import org.skyway.openflow.model.OfPort;

/// Numbers, and how ports are printed.
final class Numbers {
    private Numbers() {}

    /// A number of up to 64 bits, decimal, 0x-hexadecimal or, as in C, octal behind a 0.
    static long parse(String what, String text) {
        try {
            if (text.startsWith("0x") || text.startsWith("0X")) {
                return Long.parseUnsignedLong(text.substring(2), 16);
            }
            if (text.length() > 1 && text.startsWith("0")) {
                return Long.parseUnsignedLong(text, 8);
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

    /// Whether it consists of decimal digits only.
    static boolean isDecimal(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
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
