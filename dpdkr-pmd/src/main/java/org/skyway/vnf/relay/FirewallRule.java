package org.skyway.vnf.relay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.skyway.vnf.frame.FlowReader;

/// One line of a rule file: `allow|deny PROTOCOL [from PREFIX [port P[-P]]] [to PREFIX [port
/// P[-P]]]`. PROTOCOL is `any` (every frame), `ip`, `tcp`, `udp`, `icmp`, `icmp6`, `sctp`, `arp` or
/// the number of an IP protocol.
///
/// @param allows what happens to what it matches
/// @param etherType the frame's type, or [FlowReader#NONE] for any
/// @param protocol the IP protocol; [FlowReader#NONE] for any
/// @param onlyIp whether frames other than IP are left out
/// @param source prefix
/// @param sourcePorts range
/// @param destination prefix
/// @param destinationPorts range
record FirewallRule(
        boolean allows,
        int etherType,
        int protocol,
        boolean onlyIp,
        Prefix source,
        Ports sourcePorts,
        Prefix destination,
        Ports destinationPorts) {

    private static final int ARP = 0x0806;
    private static final Map<String, Integer> PROTOCOLS =
            Map.of("tcp", 6, "udp", 17, "icmp", 1, "icmp6", 58, "sctp", 132);

    /// A range of ports.
    ///
    /// @param first lowest
    /// @param last highest; all ports and no port match if this is [#ALL]
    record Ports(int first, int last) {
        static final Ports ALL = new Ports(0, 65536);

        boolean matches(int port) {
            return this == ALL || (port >= first && port <= last);
        }

        static Ports parse(String text) {
            String[] ends = text.split("-", -1);
            try {
                int first = Integer.parseInt(ends[0]);
                int last = Integer.parseInt(ends[ends.length - 1]);
                if (ends.length <= 2 && first >= 0 && last >= first && last <= 65535) {
                    return new Ports(first, last);
                }
            } catch (NumberFormatException e) {
                throw bad(text);
            }
            throw bad(text);
        }

        private static IllegalArgumentException bad(String text) {
            return new IllegalArgumentException(
                    "\"%s\" is no port or range like 80 or 1024-65535".formatted(text));
        }
    }

    /// @throws IllegalArgumentException if it can't be read; says which word is wrong
    static FirewallRule parse(String line) {
        Deque<String> words = new ArrayDeque<>(List.of(line.strip().split("\\s+")));
        boolean allows = policy(words.poll());
        String protocol = words.isEmpty() ? "" : words.poll();
        Prefix source = Prefix.ANY;
        Ports sourcePorts = Ports.ALL;
        Prefix destination = Prefix.ANY;
        Ports destinationPorts = Ports.ALL;
        if ("from".equals(words.peek())) {
            words.poll();
            source = Prefix.parse(next(words, "an address behind \"from\""));
            sourcePorts = ports(words);
        }
        if ("to".equals(words.peek())) {
            words.poll();
            destination = Prefix.parse(next(words, "an address behind \"to\""));
            destinationPorts = ports(words);
        }
        if (!words.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"%s\" is not expected there; a rule is allow|deny PROTOCOL [from PREFIX [port P]] [to PREFIX [port P]]"
                            .formatted(words.peek()));
        }
        boolean needsPorts = sourcePorts != Ports.ALL || destinationPorts != Ports.ALL;
        if (needsPorts && !List.of("tcp", "udp", "sctp").contains(protocol)) {
            throw new IllegalArgumentException(
                    "ports are for tcp, udp and sctp, not for \"%s\"".formatted(protocol));
        }
        boolean needsIp = source != Prefix.ANY || destination != Prefix.ANY;
        if (needsIp && protocol.equals("arp")) {
            throw new IllegalArgumentException("arp takes no addresses");
        }
        return new FirewallRule(
                allows,
                protocol.equals("arp") ? ARP : FlowReader.NONE,
                protocolNumber(protocol),
                !protocol.equals("any") && !protocol.equals("arp"),
                source,
                sourcePorts,
                destination,
                destinationPorts);
    }

    /// @throws IllegalArgumentException if it is neither allow nor deny
    static boolean policy(String word) {
        return switch (word) {
            case "allow" -> true;
            case "deny" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "\"%s\" is neither allow nor deny".formatted(word));
        };
    }

    boolean matches(FlowReader frame) {
        final int version = frame.protocol() < 0 ? FlowReader.NONE : frame.isIpv6() ? 6 : 4;
        return (etherType < 0 || etherType == frame.etherType())
                && (protocol < 0 || protocol == frame.protocol())
                && (!onlyIp || version > 0)
                && source.matches(version, frame.sourceHigh(), frame.sourceLow())
                && destination.matches(version, frame.destinationHigh(), frame.destinationLow())
                && sourcePorts.matches(frame.sourcePort())
                && destinationPorts.matches(frame.destinationPort());
    }

    private static int protocolNumber(String word) {
        if (word.equals("any") || word.equals("ip") || word.equals("arp")) {
            return FlowReader.NONE;
        }
        Integer known = PROTOCOLS.get(word);
        if (known != null) {
            return known;
        }
        if (word.matches("[0-9]{1,3}") && Integer.parseInt(word) <= 255) {
            return Integer.parseInt(word);
        }
        throw new IllegalArgumentException(
                "\"%s\" is no protocol; use any, ip, tcp, udp, icmp, icmp6, sctp, arp or a number to 255"
                        .formatted(word));
    }

    private static Ports ports(Deque<String> words) {
        if (!"port".equals(words.peek())) {
            return Ports.ALL;
        }
        words.poll();
        return Ports.parse(next(words, "a port behind \"port\""));
    }

    private static String next(Deque<String> words, String what) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException(what + " is missing");
        }
        return words.poll();
    }
}
