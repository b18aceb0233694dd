package org.skyway.experiments.conformance.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.Program;

/// Pairs of virtual Ethernet interfaces: one end for a switch, in a network namespace of its own,
/// the other for the tester. Quiet: no addresses, no offloads, nothing that the host itself would
/// send or answer.
final class Veths {
    private final String namespace;
    private final List<String> switchEnds = new ArrayList<>();
    private final List<String> testerEnds = new ArrayList<>();

    Veths(Path directory, Undertaker undertaker, String prefix, int count) {
        // Two Open vSwitches in one namespace would quarrel about the tap device of their datapath.
        namespace = prefix;
        undertaker.atEnd("ip netns del " + namespace);
        run(directory, "ip", "netns", "add", namespace);
        run(directory, "ip", "-n", namespace, "link", "set", "lo", "up");
        for (int port = 1; port <= count; port++) {
            String here = prefix + port;
            String there = here + "x";
            undertaker.atEnd("ip link del " + there);
            run(directory, "ip", "link", "add", there, "type", "veth", "peer", "name", here);
            run(directory, "ip", "link", "set", here, "netns", namespace);
            quieten(directory, here, List.of("ip", "netns", "exec", namespace));
            quieten(directory, there, List.of());
            switchEnds.add(here);
            testerEnds.add(there);
        }
    }

    private static void quieten(Path directory, String name, List<String> prefix) {
        if (Files.exists(Path.of("/proc/sys/net/ipv6"))) {
            String setting = "net.ipv6.conf." + name + ".disable_ipv6=1";
            run(directory, prefix, "sysctl", "-qw", setting);
        }
        if (Files.isExecutable(Path.of("/sbin/ethtool"))) {
            run(directory, prefix, "ethtool", "-K", name, "tx", "off");
        }
        run(directory, prefix, "ip", "link", "set", name, "arp", "off", "promisc", "on", "up");
    }

    private static void run(Path directory, String... command) {
        run(directory, List.of(), command);
    }

    private static void run(Path directory, List<String> prefix, String... command) {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(List.of(command));
        Program.output(directory, words.toArray(new String[0]));
    }

    String namespace() {
        return namespace;
    }

    List<String> switchEnds() {
        return switchEnds;
    }

    List<String> testerEnds() {
        return testerEnds;
    }
}
