package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.pmd.control.PortSession;
import org.skyway.pmd.control.SwitchLoss;

/// What a controller sees does not tell whether packets went past the switch: the same script, with
/// bypasses and without, gives the same statistics and messages, times aside.
@Timeout(300)
class BypassDifferenceIT {
    private static final List<String> PORTS = List.of("p1", "p2", "p3", "p4");

    /// A switch, four VNFs, a controller that listens, and all that they said.
    private static final class Conversation implements AutoCloseable {
        private final boolean bypass;
        private final RunFolder folder = new RunFolder();
        private final Chronicle chronicle;
        private final SwitchProcess vswitch;
        private final List<ScriptedVnf> vnfs = new ArrayList<>();
        private final List<String> told = Collections.synchronizedList(new ArrayList<>());
        private final Program monitor;
        private final List<String> said = new ArrayList<>();
        private long bypassed;
        private final long[] due = new long[PORTS.size()]; // packets, by port

        Conversation(boolean bypass) throws Exception {
            this.bypass = bypass;
            chronicle = new Chronicle(folder.path().resolve("chronicle.log"));
            vswitch =
                    bypass
                            ? SwitchProcess.start(folder.path(), chronicle, PORTS)
                            : SwitchProcess.start(folder.path(), chronicle, PORTS, "--no-bypass");
            for (String port : PORTS) {
                vnfs.add(
                        new ScriptedVnf(
                                PortSession.open(
                                        folder.path(),
                                        port,
                                        "script",
                                        SwitchLoss.END,
                                        chronicle.of(port))));
            }
            monitor =
                    Program.start(
                            "monitor",
                            folder.path(),
                            told::add,
                            List.of(
                                    "ovs-ofctl",
                                    "-O",
                                    "OpenFlow13",
                                    "monitor",
                                    SwitchProcess.BRIDGE,
                                    "65534"));
            // It says nothing until there is something to hear.
            await(
                    () -> {
                        ofctl("mod-port", "4", "no-packet-in");
                        ofctl("mod-port", "4", "packet-in");
                        Thread.sleep(100);
                        return !told.isEmpty();
                    },
                    "monitor that listens");
            await(
                    () -> ofctl("show").split("state: +LIVE", -1).length == PORTS.size() + 1,
                    "ports that are up");
            Thread.sleep(500); // what it still hears of this is not of the script
            told.clear();
        }

        interface Condition {
            boolean holds() throws Exception;
        }

        void await(Condition condition, String what) throws Exception {
            long end = System.nanoTime() + 60_000_000_000L;
            while (!condition.holds()) {
                assertTrue(
                        System.nanoTime() - end < 0,
                        () -> "no %s within 60 s: %s".formatted(what, vswitch.ask("links")));
                Thread.sleep(10);
            }
        }

        String ofctl(String command, String... more) {
            List<String> words =
                    new ArrayList<>(
                            List.of(
                                    "ovs-ofctl",
                                    "-O",
                                    "OpenFlow13",
                                    command,
                                    SwitchProcess.BRIDGE));
            words.addAll(List.of(more));
            return Program.output(folder.path(), words.toArray(new String[0]));
        }

        /// Tells the switch something, and keeps what it answers.
        void tell(String command, String... more) {
            said.add("> " + command + " " + String.join(" ", more));
            said.add(timeless(ofctl(command, more)));
        }

        /// Waits until just these links are used: `1>2`.
        void links(String... wanted) throws Exception {
            if (!bypass) {
                return;
            }
            await(
                    () -> {
                        List<String> active = new ArrayList<>();
                        for (JsonNode link : vswitch.ask("links")) {
                            if (link.get("state").asText().equals("ACTIVE")) {
                                active.add(
                                        link.get("from").asText().substring(1)
                                                + ">"
                                                + link.get("to").asText().substring(1));
                            }
                        }
                        active.sort(null);
                        return active.equals(List.of(wanted));
                    },
                    "links " + String.join(" ", wanted));
        }

        /// Sends packets that all come.
        void send(int from, int to, int packets, int bytes) throws Exception {
            ScriptedVnf receiver = vnfs.get(to - 1);
            due[to - 1] += packets;
            vnfs.get(from - 1).send(packets, bytes);
            await(() -> receiver.received() == due[to - 1], "packets at port " + to);
        }

        /// Sends packets that nobody gets.
        void waste(int from, int packets, int bytes) throws Exception {
            long before = rx(from);
            vnfs.get(from - 1).send(packets, bytes);
            await(() -> rx(from) == before + packets, "count of what is dropped");
        }

        private long rx(int port) {
            return vswitch.port("p" + port).get("rxPackets").asLong();
        }

        /// Waits for messages that nobody asked for.
        void hear(int messages) throws Exception {
            await(() -> events().size() >= messages, messages + " messages, but " + events());
            said.add("heard: " + String.join("\n", events()));
            told.clear();
        }

        // A message may have more lines than one; only the first ones have a type.
        private List<String> events() {
            List<String> events = new ArrayList<>();
            synchronized (told) {
                for (String line : told) {
                    if (line.startsWith("OFPT_")) {
                        events.add(line);
                    } else if (!events.isEmpty()) {
                        events.add(events.removeLast() + " |" + line);
                    }
                }
            }
            return events.stream()
                    .filter(l -> !l.startsWith("OFPT_ECHO"))
                    .map(Conversation::timeless)
                    .toList();
        }

        /// Asks for all statistics.
        void look() throws Exception {
            String last = "";
            String now = statistics();
            while (!now.equals(last)) { // what was delivered is counted a moment later
                Thread.sleep(50);
                last = now;
                now = statistics();
            }
            said.add(now);
            for (JsonNode port : vswitch.ask("stats").get("ports")) {
                bypassed = Math.max(bypassed, port.get("bypassRxPackets").asLong());
            }
        }

        private String statistics() {
            StringBuilder all = new StringBuilder();
            for (String what :
                    List.of(
                            "dump-flows",
                            "dump-aggregate",
                            "dump-ports",
                            "dump-tables",
                            "dump-group-stats",
                            "dump-groups",
                            "meter-stats")) {
                all.append(what).append(":\n").append(timeless(ofctl(what)));
            }
            for (ScriptedVnf vnf : vnfs) {
                all.append("VNF got %d, %d bytes%n".formatted(vnf.received(), vnf.receivedBytes()));
            }
            return all.toString();
        }

        private static String timeless(String text) {
            return text.replaceAll("duration[=:]?\\s*[0-9.]+s?", "duration")
                    .replaceAll("duration_?n?sec=[0-9]+", "duration")
                    .replaceAll("xid=0x[0-9a-f]+", "xid")
                    .replaceAll("\\r", "");
        }

        @Override
        public void close() throws Exception {
            monitor.close();
            vnfs.forEach(ScriptedVnf::close);
            vswitch.close();
            chronicle.close();
            folder.close();
        }
    }

    private static final String FLOW = "cookie=0x1,priority=100,in_port=1,send_flow_rem";
    private static final String BEFORE = "priority=200,in_port=1,udp,tp_dst=9,send_flow_rem";

    private static List<String> converse(boolean bypass) throws Exception {
        try (Conversation c = new Conversation(bypass)) {
            c.tell("add-group", "group_id=1,type=indirect,bucket=actions=output:4");
            c.tell("add-meter", "meter=1,kbps,band=type=drop,rate=100000000");
            c.tell("add-flow", FLOW + ",actions=output:2");
            c.tell("add-flow", "cookie=0x2,priority=100,in_port=2,actions=goto_table:1");
            c.tell("add-flow", "cookie=0x3,table=1,priority=10,in_port=2,actions=output:1");
            c.tell("add-flow", "cookie=0x4,priority=100,in_port=3,actions=group:1");
            c.tell("add-flow", "cookie=0x5,priority=100,in_port=4,actions=meter:1,output:3");
            c.links("1>2", "2>1", "3>4");
            c.send(1, 2, 100, 64);
            c.send(2, 1, 70, 1000);
            c.send(3, 4, 50, 300);
            c.send(4, 3, 20, 1500);
            c.look();

            // Modified while it is bypassed: what was counted stays.
            c.tell("mod-flows", "in_port=1,actions=output:2");
            c.links("1>2", "2>1", "3>4");
            c.send(1, 2, 50, 128);
            c.look();
            c.tell("mod-flows", "in_port=1,reset_counts,actions=output:2");
            c.look();
            c.send(1, 2, 30, 128);
            c.look();
            c.tell("add-flow", FLOW + ",reset_counts,actions=output:2"); // replaces itself
            c.look();
            c.links("1>2", "2>1", "3>4");
            c.send(1, 2, 30, 90);
            c.look();
            c.tell("mod-flows", "in_port=1,actions=output:3");
            c.links("1>3", "2>1", "3>4");
            c.send(1, 3, 25, 200);
            c.look();
            c.tell("mod-flows", "in_port=1,actions=output:2");
            c.links("1>2", "2>1", "3>4");

            // Rules that end a bypass and give it back.
            c.tell("add-flow", BEFORE + ",actions=drop");
            c.send(1, 2, 40, 100);
            c.look();
            c.tell("del-flows", "--strict", "priority=200,in_port=1,udp,tp_dst=9");
            c.hear(1);
            c.links("1>2", "2>1", "3>4");
            c.send(1, 2, 10, 64);
            c.look();

            // Deleted and added again: begins at none, and the message has all that was counted.
            c.tell("del-flows", "in_port=1");
            c.hear(1);
            c.waste(1, 15, 64);
            c.look();
            c.tell("add-flow", FLOW + ",actions=output:2");
            c.links("1>2", "2>1", "3>4");
            c.send(1, 2, 12, 64);
            c.look();

            // Timeouts.
            c.tell("add-flow", FLOW + ",idle_timeout=5,actions=output:2");
            c.links("1>2", "2>1", "3>4");
            for (int i = 0; i < 30; i++) { // longer than that, but never idle
                c.send(1, 2, 5, 77);
                Thread.sleep(200);
            }
            c.hear(1); // which has what the entry counted
            c.look();
            c.links("2>1", "3>4");
            c.tell("add-flow", FLOW + ",hard_timeout=6,actions=output:2");
            c.links("1>2", "2>1", "3>4");
            c.send(1, 2, 33, 99);
            c.hear(1);
            c.look();

            // Ports that are switched off and on.
            c.tell("add-flow", FLOW + ",actions=output:2");
            c.links("1>2", "2>1", "3>4");
            c.send(1, 2, 11, 64);
            c.tell("mod-port", "2", "down");
            c.links("3>4");
            c.waste(1, 9, 64);
            c.look();
            c.tell("mod-port", "2", "up");
            c.links("1>2", "2>1", "3>4");
            c.send(1, 2, 8, 64);
            c.tell("mod-port", "2", "no-forward");
            c.waste(1, 7, 64);
            c.look();
            c.tell("mod-port", "2", "forward");
            c.links("1>2", "2>1", "3>4");
            c.send(1, 2, 6, 64);
            c.tell("mod-port", "3", "no-receive");
            c.links("1>2", "2>1");
            c.tell("mod-port", "3", "receive");
            c.links("1>2", "2>1", "3>4");
            c.send(3, 4, 5, 64);
            c.look();
            c.said.add("heard: " + String.join("\n", c.events()));
            c.told.clear();

            // Groups.
            c.tell("mod-group", "group_id=1,type=indirect,bucket=actions=output:2");
            c.links("1>2", "2>1", "3>2");
            c.send(3, 2, 21, 64);
            c.look();
            c.tell("del-groups", "group_id=1");
            c.links("1>2", "2>1");
            c.waste(3, 3, 64);
            c.look();
            c.tell("del-flows");
            c.links();
            c.hear(1);
            c.look();
            if (bypass) {
                assertTrue(c.bypassed > 300, "only " + c.bypassed + " packets took the bypass");
            } else {
                assertEquals(0, c.bypassed);
            }
            return c.said;
        }
    }

    @Test
    void controllerSeesTheSameWithAndWithoutBypasses() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ovs-ofctl")),
                "ovs-ofctl is missing; apt-get install openvswitch-common");
        List<String> with = converse(true);
        List<String> without = converse(false);
        for (int i = 0; i < Math.min(with.size(), without.size()); i++) {
            int at = i;
            assertEquals(
                    without.get(i),
                    with.get(i),
                    () -> "after " + String.join("\n", without.subList(Math.max(0, at - 3), at)));
        }
        assertEquals(without.size(), with.size());
    }
}
