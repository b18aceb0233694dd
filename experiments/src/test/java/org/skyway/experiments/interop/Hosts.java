package org.skyway.experiments.interop;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.conformance.lab.Undertaker;
import org.skyway.experiments.process.Program;

/// Hosts, each a network namespace with one interface and an address in 10.77.0.0/24; the other
/// ends of the wires are for a switch. Offloads are left as they are on any machine.
final class Hosts {
    private final Path directory;
    private final String prefix;
    private final List<String> switchEnds = new ArrayList<>();

    Hosts(Path directory, Undertaker undertaker, int count) {
        this.directory = directory;
        // Interface names have 15 characters at most, and must be no one else's.
        prefix = "ih" + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
        for (int host = 1; host <= count; host++) {
            String name = name(host);
            String wire = name + "s";
            undertaker.atEnd("ip netns del " + name);
            undertaker.atEnd("ip link del " + wire);
            run("ip netns add " + name);
            run("ip link add %s type veth peer name eth0 netns %s".formatted(wire, name));
            run("ip link set " + wire + " up");
            run("ip -n %s addr add %s/24 dev eth0".formatted(name, address(host)));
            run("ip -n %s link set eth0 up".formatted(name));
            switchEnds.add(wire);
        }
    }

    private String name(int host) {
        return prefix + host;
    }

    /// The address of a host, from 1 on.
    String address(int host) {
        return "10.77.0." + host;
    }

    /// The switch's ends of the wires, in the order of the hosts.
    List<String> switchEnds() {
        return switchEnds;
    }

    /// The words that run a command on a host.
    List<String> on(int host, String... command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name(host)));
        words.addAll(List.of(command));
        return words;
    }

    /// Runs a command on a host.
    ///
    /// @return what it printed
    String run(int host, String... command) {
        return Program.output(directory, on(host, command).toArray(new String[0]));
    }

    private void run(String command) {
        Program.output(directory, command.split(" "));
    }
}
