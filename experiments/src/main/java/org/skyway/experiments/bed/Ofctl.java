package org.skyway.experiments.bed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.yardstick.CProgram;

/// `ovs-ofctl`; where it is not installed, the few of its sub-commands that the demo and the
/// figures need, by a controller of our own.
public final class Ofctl {
    private static final String PROGRAM = "ovs-ofctl";

    private Ofctl() {}

    /// What speaks with the switch.
    ///
    /// @return a name for people
    public static String name() {
        return isInstalled() ? PROGRAM : "(OpenFlow)";
    }

    /// Whether the real one is there.
    ///
    /// @return true if some folder of PATH has it
    public static boolean isInstalled() {
        return CProgram.onPath(PROGRAM);
    }

    /// Changes entries. They are effective when this returns.
    ///
    /// @param runDirectory of the switch
    /// @param bridge the bridge's name
    /// @param words options and sub-command, and at most one argument behind it, without the bridge
    /// @throws ExperimentException if the switch refuses it, or if it is one of those that need the
    ///   real one, which is not installed
    public static void run(Path runDirectory, String bridge, String... words) {
        if (isInstalled()) {
            List<String> command = new ArrayList<>(List.of(PROGRAM));
            command.addAll(List.of(words));
            int options = 0;
            while (words[options].startsWith("-")) {
                options++;
            }
            command.add(options + 2, bridge);
            Program.output(runDirectory, command.toArray(new String[0]));
            return;
        }
        String last = words[words.length - 1];
        try (Controller controller = new Controller("ofctl", runDirectory, bridge)) {
            switch (String.join(" ", List.of(words).subList(0, Math.max(1, words.length - 1)))) {
                case "add-flow" -> controller.add(last);
                case "add-flows" -> lines(last).forEach(controller::add);
                case "del-flows" -> controller.deleteAll(words.length == 1 ? "" : last);
                case "--strict del-flows" -> controller.delete(last + ",actions=drop");
                default ->
                        throw new ExperimentException(
                                "%s is missing, which this needs for \"%s\"; apt-get install openvswitch-common"
                                        .formatted(PROGRAM, String.join(" ", words)));
            }
            controller.barrier();
            if (controller.errors() > 0) {
                throw new ExperimentException(
                        "the switch refuses \"%s\": OpenFlow error %s"
                                .formatted(String.join(" ", words), controller.lastError()));
            }
        }
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            throw new ExperimentException("can't read " + file + ": " + e, e);
        }
    }

    /// What the entries of priority 100 with nothing but a port in their matches have counted.
    ///
    /// @param runDirectory of the switch
    /// @param bridge the bridge's name
    /// @param ports which; each has one such entry
    /// @return packets by port
    public static Map<Integer, Long> packetsByPort(
            Path runDirectory, String bridge, List<Integer> ports) {
        Map<Integer, Long> packets = new LinkedHashMap<>();
        if (isInstalled()) {
            String flows = Program.output(runDirectory, PROGRAM, "dump-flows", bridge);
            ports.forEach(port -> packets.put(port, packetsOf(flows, port)));
        } else {
            try (Controller controller = new Controller("ofctl", runDirectory, bridge)) {
                ports.forEach(port -> packets.put(port, controller.packets("in_port=" + port)));
            }
        }
        return packets;
    }

    /// What an entry of priority 100 has counted.
    ///
    /// @param flows as `ovs-ofctl dump-flows` prints them
    /// @param inPort the port that its match has, and nothing else
    /// @return packets
    public static long packetsOf(String flows, int inPort) {
        Pattern wanted =
                Pattern.compile("n_packets=(\\d+),.*priority=100,in_port=" + inPort + "[ ]");
        Matcher m = wanted.matcher(flows);
        if (!m.find()) {
            throw new ExperimentException("no entry for port " + inPort + " in:\n" + flows);
        }
        return Long.parseLong(m.group(1));
    }
}
