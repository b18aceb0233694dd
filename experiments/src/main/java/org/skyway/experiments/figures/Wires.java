package org.skyway.experiments.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.conformance.lab.Undertaker;
import org.skyway.experiments.process.Program;

/// Two pairs of virtual Ethernet interfaces: one end of each for the switch, the other for a
/// generator. Without addresses, and quiet. They go even if this process is killed.
final class Wires implements AutoCloseable {
    private final Undertaker undertaker = new Undertaker();
    private final List<String> switchEnds = new ArrayList<>();
    private final List<String> generatorEnds = new ArrayList<>();

    /// @param folder for the commands' run directory
    Wires(Path folder) {
        // Names have 15 characters at most, and must be no one else's.
        String prefix = "sg" + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
        try {
            for (String side : new String[] {"a", "b"}) {
                String here = prefix + side;
                String there = here + "x";
                undertaker.atEnd("ip link del " + here);
                run(folder, "ip", "link", "add", here, "type", "veth", "peer", "name", there);
                for (String name : new String[] {here, there}) {
                    if (Files.exists(Path.of("/proc/sys/net/ipv6/conf", name))) {
                        run(folder, "sysctl", "-qw", "net.ipv6.conf." + name + ".disable_ipv6=1");
                    }
                    run(folder, "ip", "link", "set", name, "arp", "off", "promisc", "on", "up");
                }
                switchEnds.add(here);
                generatorEnds.add(there);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static void run(Path folder, String... command) {
        Program.output(folder, command);
    }

    /// Why there can be none.
    ///
    /// @return null if nothing is in the way, else what, and what to do
    static String obstacle() {
        if (!Files.isExecutable(Path.of("/sbin/ip"))) {
            return "/sbin/ip is missing; apt-get install iproute2";
        }
        String name = "sgt" + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
        try {
            boolean made =
                    ip("link", "add", name, "type", "veth", "peer", "name", name + "x")
                            && ip("link", "del", name);
            return made ? null : "virtual interfaces can't be made; run as root with CAP_NET_ADMIN";
        } catch (IOException e) {
            return "virtual interfaces can't be made: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static boolean ip(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/sbin/ip"));
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    List<String> switchEnds() {
        return switchEnds;
    }

    List<String> generatorEnds() {
        return generatorEnds;
    }

    @Override
    public void close() {
        undertaker.close();
    }
}
