package org.skyway.vswitch.predict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowSyntaxException;
import org.skyway.openflow.text.Names;

/// The ports of a case: as many as a number says, or those of a list of names or of an object with
/// names by number.
///
/// @param byNumber their names
record CasePorts(Map<Integer, String> byNumber) {
    private static final int LONGEST_QUOTE = 100;

    /// Reads them.
    ///
    /// @param ports as the case has them
    /// @param given names by number, for a case that has none
    /// @throws FlowSyntaxException if they can't be understood
    static CasePorts of(JsonNode ports, Map<Integer, String> given) {
        Map<Integer, String> byNumber = new TreeMap<>();
        if (ports.isObject()) {
            ports.properties()
                    .forEach(p -> {
                        int number = number(p.getKey());
                        byNumber.put(number, name(p.getValue()));
                    });
        } else if (ports.isArray() && ports.size() <= OfPort.MAX) {
            for (int i = 0; i < ports.size(); i++) {
                byNumber.put(i + 1, name(ports.get(i)));
            }
        } else if (ports.isInt() && ports.intValue() >= 0 && ports.intValue() <= OfPort.MAX) {
            for (int number = 1; number <= ports.intValue(); number++) {
                byNumber.put(number, given.getOrDefault(number, "p" + number));
            }
            if (!byNumber.keySet().containsAll(given.keySet())) {
                throw new FlowSyntaxException(
                        "--ports names port %s, but \"ports\" says that there are %d"
                                .formatted(last(given.keySet()), ports.intValue()));
            }
        } else {
            throw new FlowSyntaxException(
                    "\"ports\" must say how many ports there are, up to %d, or list their names, and is %s"
                            .formatted(OfPort.MAX, brief(ports)));
        }
        return new CasePorts(byNumber);
    }

    /// Reads names as in `1:vnf1,2:vnf2`.
    ///
    /// @throws FlowSyntaxException if they can't be understood
    static Map<Integer, String> parse(String text) {
        Map<Integer, String> byNumber = new TreeMap<>();
        for (String item : text.split(",")) {
            int colon = item.indexOf(':');
            if (colon < 0 || colon == item.length() - 1) {
                throw new FlowSyntaxException(
                        "\"%s\" should be NUMBER:NAME, as in 1:vnf1,2:vnf2".formatted(item));
            }
            int number = number(item.substring(0, colon).strip());
            if (byNumber.put(number, item.substring(colon + 1).strip()) != null) {
                throw new FlowSyntaxException("port %d is named twice".formatted(number));
            }
        }
        return byNumber;
    }

    private static int last(Set<Integer> numbers) {
        return numbers.stream().mapToInt(n -> n).max().orElse(0);
    }

    private static int number(String text) {
        int number = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > OfPort.MAX) {
            throw new FlowSyntaxException(
                    "\"%s\" is no port number; there are 1 to %d".formatted(text, OfPort.MAX));
        }
        return number;
    }

    private static String name(JsonNode name) {
        if (!name.isTextual() || name.textValue().isEmpty()) {
            throw new FlowSyntaxException("\"ports\" must hold names, not " + brief(name));
        }
        return name.textValue();
    }

    private static String brief(JsonNode node) {
        String text = node.isMissingNode() ? "missing" : node.toString();
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    }

    /// The ports, all up, by number.
    Map<Integer, PortState> states() {
        Map<Integer, PortState> states = new TreeMap<>();
        byNumber.forEach((number, name) -> states.put(number, PortState.of(number, name, number)));
        return states;
    }

    /// What flows may call them.
    Names names() {
        return new Names(byNumber, Map.of());
    }
}
