package org.skyway.openflow.text;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.skyway.openflow.model.OfPort;

/// What names of ports and tables stand for, as `ovs-ofctl` asks the switch for them. A name that
/// several have stands for none. Immutable.
public final class Names {
    /// No names: only numbers and the reserved ports.
    public static final Names NONE = new Names(Map.of(), Map.of());

    private static final int MOST_LISTED = 20;

    private final Map<String, Integer> ports;
    private final Map<String, Integer> tables;

    /// Names of ports and tables.
    ///
    /// @param ports names by port number
    /// @param tables names by table number; empty ones are none
    public Names(Map<Integer, String> ports, Map<Integer, String> tables) {
        this.ports = byName(ports);
        this.tables = byName(tables);
    }

    private static Map<String, Integer> byName(Map<Integer, String> names) {
        Map<String, Integer> numbers = new HashMap<>();
        TreeSet<String> doubtful = new TreeSet<>();
        names.forEach((number, name) -> {
            if (!name.isEmpty() && numbers.put(name, number) != null) {
                doubtful.add(name);
            }
        });
        numbers.keySet().removeAll(doubtful);
        return numbers;
    }

    /// A port by number, reserved name or name, which may be in double quotes.
    ///
    /// @param text as in `output:TEXT`
    /// @return its number
    /// @throws FlowSyntaxException if it stands for no port
    int port(String text) {
        Integer found = findPort(text);
        if (found == null) {
            throw new FlowSyntaxException(
                    "%s is no port; write a number up to %d or%s"
                            .formatted(text, OfPort.MAX, listed(ports, "a reserved name")));
        }
        return found;
    }

    /// The same, or null if it stands for no port.
    Integer findPort(String text) {
        if (Numbers.isDecimal(text)) {
            long number = Numbers.parse("port", text);
            if (number <= OfPort.MAX) {
                return (int) number;
            }
            // OpenFlow 1.0 wrote the reserved numbers in 16 bits.
            if (number <= 0xffff) {
                return OfPort.of16((int) number);
            }
            return number >= 0xffffff00L && number <= 0xffffffffL ? (int) number : null;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "in_port" -> OfPort.IN_PORT;
            case "table" -> OfPort.TABLE;
            case "normal" -> OfPort.NORMAL;
            case "flood" -> OfPort.FLOOD;
            case "all" -> OfPort.ALL;
            case "controller" -> OfPort.CONTROLLER;
            case "local" -> OfPort.LOCAL;
            case "any", "none" -> OfPort.ANY;
            case "unset" -> OfPort.UNSET;
            default -> ports.get(unquoted(text));
        };
    }

    /// A table by number or name.
    ///
    /// @param text as in `table=TEXT`
    /// @return 0 to 255
    /// @throws FlowSyntaxException if it stands for no table
    int table(String text) {
        if (Numbers.isDecimal(text)) {
            long number = Numbers.parse("table", text);
            if (number <= 255) {
                return (int) number;
            }
        }
        Integer found = tables.get(unquoted(text));
        if (found == null) {
            throw new FlowSyntaxException(
                    "%s is no table; write a number up to 254%s"
                            .formatted(text, tables.isEmpty() ? "" : " or" + listed(tables, "")));
        }
        return found;
    }

    private static String listed(Map<String, Integer> names, String more) {
        StringBuilder list = new StringBuilder(" ").append(more);
        if (!names.isEmpty()) {
            list.append(more.isEmpty() ? "" : ", or ").append("one of ");
            TreeSet<String> sorted = new TreeSet<>(names.keySet());
            list.append(String.join(", ", sorted.stream().limit(MOST_LISTED).toList()));
            list.append(sorted.size() > MOST_LISTED ? ", …" : "");
        }
        return list.toString();
    }

    /// What stands in double quotes, with JSON's escapes.
    private static String unquoted(String text) {
        if (text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
            return text;
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 2 >= text.length()) {
                plain.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            switch (escaped) {
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'u' -> {
                    int end = Math.min(i + 5, text.length() - 1);
                    try {
                        plain.append((char) Integer.parseInt(text.substring(i + 1, end), 16));
                    } catch (NumberFormatException e) {
                        return text; // no such name
                    }
                    i = end - 1;
                }
                default -> plain.append(escaped);
            }
        }
        return plain.toString();
    }
}
