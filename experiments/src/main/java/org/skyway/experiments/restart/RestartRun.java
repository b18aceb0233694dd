package org.skyway.experiments.restart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.bed.HonestVnf;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.hostile.Tolerated;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.message.MeterMod;

/// One run of the experiment. One thread.
final class RestartRun implements AutoCloseable {
    private static final int IDLE_PORTS = 12;
    private static final int IDLE_ENTRIES = 1000;
    private static final List<String> PORTS = ports();
    private static final String STATS = "stats-";
    private static final int DRAIN_MILLIS = 500; // far more than a sink needs for a ring
    private static final int ADD = 0;
    private static final int DROP = 1;
    private static final int PACKETS_PER_SECOND = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Packets a second, unless said otherwise: what comes while there is no switch finds room in
    /// the ring to it.
    static final int RATE = 2000;

    private final int rate; // of the pair through the switch; 0 for flat out
    private final PrintStream out;
    private final Chronicle chronicle;
    private final RunFolder folder = new RunFolder();
    private final Verdicts verdicts = new Verdicts();
    private final Map<String, Long> highest = new HashMap<>(); // of each counter
    private final List<Double> killed = new ArrayList<>(); // how long nothing came, in ms
    private final List<Double> tookOver = new ArrayList<>();
    private Standstills standstills;
    private int wentBack;
    private SwitchProcess vswitch;
    private Pair past;
    private Pair through;

    /// A source and a sink.
    private record Pair(HonestVnf source, HonestVnf sink, int from) {}

    private static List<String> ports() {
        List<String> ports = new ArrayList<>(List.of("past1", "past2", "through1", "through2"));
        for (int i = 1; i <= IDLE_PORTS; i++) {
            ports.add("idle" + i);
        }
        return List.copyOf(ports);
    }

    private RestartRun(int rate, Path chronicleFile, PrintStream out) throws IOException {
        this.rate = rate;
        this.out = out;
        chronicle = new Chronicle(chronicleFile);
    }

    /// Runs it.
    ///
    /// @param cycles how often the switch is killed
    /// @param rate packets a second through the switch; 0 for flat out
    /// @param chronicle where everything that everybody says goes
    /// @param out for people
    /// @return the verdicts, printed already
    static Verdicts run(int cycles, int rate, Path chronicle, PrintStream out) throws IOException {
        out.printf("restart: %,d times; all that was said: %s%n", cycles, chronicle);
        try (RestartRun run = new RestartRun(rate, chronicle, out)) {
            run.run(cycles);
            return run.verdicts;
        }
    }

    private void run(int cycles) throws IOException {
        vswitch = start("--rehearsal", "0");
        try (Controller controller = vswitch.controller("rules")) {
            controller.add("priority=100,cookie=0x1234,in_port=1,actions=output:2");
            Meter.Band band = new Meter.Band(DROP, Integer.MAX_VALUE, 0, 0); // never too much
            controller.send(new MeterMod(ADD, new Meter(1, PACKETS_PER_SECOND, List.of(band))));
            controller.group(GroupMod.ADD, "group_id=1,type=indirect,bucket=actions=output:4");
            controller.add("priority=100,in_port=3,actions=meter:1,group:1");
            controller.add("priority=200,in_port=3,udp,tp_dst=9,actions=drop"); // so: no bypass
            controller.add("table=9,priority=7,idle_timeout=3000,actions=resubmit(,10)");
            for (int i = 0; i < IDLE_ENTRIES; i++) {
                controller.add(
                        "table=11,priority=1,ip,nw_src=10.0.%d.%d,actions=drop"
                                .formatted(i >> 8, i & 0xff));
            }
            controller.barrier();
            verdicts.judge("rules", controller.errors() == 0, controller.errors() + " refused");
        }
        past = pair(1, RATE);
        through = pair(3, rate);
        standstills = new Standstills(folder.path().resolve(STATS + 4));
        awaitBypass();
        String rules = rules();
        for (int cycle = 0; cycle < cycles; cycle++) {
            cycle(rules, cycle % 2 == 1);
        }
        finish();
        verdicts.print(out);
        out.printf("nothing came through the switch%n");
        out.printf(
                "  when it was killed     %s (goal on an idle machine: 1000 ms)%n",
                Standstills.text(killed));
        out.printf(
                "  when it handed over    %s (goal on an idle machine: 100 ms)%n",
                Standstills.text(tookOver));
    }

    private SwitchProcess start(String... more) {
        return SwitchProcess.start(folder.path(), chronicle, PORTS, more);
    }

    private Pair pair(int from, int pps) {
        String id = Integer.toString(from);
        Path stats = folder.path().resolve(STATS + (from + 1));
        HonestVnf sink =
                vnf(
                        "sink",
                        from + 1,
                        "--verify",
                        "--stats-file",
                        stats.toString(),
                        "--stats-interval",
                        Standstills.INTERVAL_SECONDS);
        String send = Integer.toString(pps);
        return new Pair(vnf("source", from, "--rate", send, "--id", id), sink, from);
    }

    private HonestVnf vnf(String verb, int port, String... more) {
        String[] all = new String[more.length + 1];
        all[0] = "--wait";
        System.arraycopy(more, 0, all, 1, more.length);
        return HonestVnf.start(folder.path(), chronicle, verb, PORTS.get(port - 1), all);
    }

    /// @param asked whether the switch is asked to hand over, and not killed
    private void cycle(String rules, boolean asked) throws IOException {
        look();
        standstills.longestMillis();
        long entry = entry(1);
        if (asked) {
            SwitchProcess next =
                    start("--take-over"); // tries everything out before, as users have it
            int status = vswitch.program().waitFor(Duration.ofSeconds(60));
            verdicts.judge("handing over", status == 0, "exit status " + status);
            vswitch.close();
            vswitch = next;
        } else {
            vswitch.program().kill();
            vswitch.close();
            chronicle.write("experiment", "killed the switch");
            vswitch = start("--rehearsal", "0");
        }
        chronicle.write("experiment", "another is there");
        String now = rules();
        if (!now.equals(rules)) {
            verdicts.judge("rules are back", false, now + " instead of " + rules);
        }
        long meanwhile = entry(1) - entry;
        if (meanwhile <= 0) {
            verdicts.judge("what went past is counted", false, "the entry counted " + meanwhile);
        }
        look();
        awaitReturn();
        awaitPackets();
        (asked ? tookOver : killed).add(standstills.longestMillis());
    }

    /// What `ovs-ofctl` prints of the rules, without what changes.
    private String rules() {
        return ofctl("--no-stats", "dump-flows").lines().sorted().toList()
                + ofctl("dump-groups")
                + ofctl("dump-meters");
    }

    private String ofctl(String... command) {
        List<String> all = new ArrayList<>(List.of("ovs-ofctl", "-O", "OpenFlow13"));
        all.addAll(List.of(command));
        all.add(SwitchProcess.BRIDGE);
        return Program.output(folder.path(), all.toArray(String[]::new))
                .replaceAll("xid=0x[0-9a-f]+", "");
    }

    /// The first number behind some words in the answer to a command.
    private long number(String command, String words) {
        String answer = ofctl(command);
        Matcher m = Pattern.compile(words + "([0-9]+)").matcher(answer);
        if (!m.find()) {
            throw new ExperimentException("%s says no %s: %s".formatted(command, words, answer));
        }
        return Long.parseLong(m.group(1));
    }

    private void awaitBypass() {
        await(() -> isActive(), "bypass");
    }

    private boolean isActive() {
        for (JsonNode link : vswitch.ask("links")) {
            if (link.get("from").asText().equals(PORTS.getFirst())
                    && link.get("state").asText().equals("ACTIVE")) {
                return true;
            }
        }
        return false;
    }

    // A VNF that has not come back yet has not been seen to keep what it had.
    private void awaitReturn() {
        await(
                () -> {
                    int vnfs = 0;
                    for (JsonNode port : vswitch.ask("ports")) {
                        vnfs += port.path("awaited").asBoolean(true) ? 0 : 1;
                    }
                    return vnfs == PORTS.size();
                },
                "return of all VNFs");
        verdicts.judge(
                "the bypass is what it was",
                isActive() && activations() == 1,
                activations() + " switch-over(s) to it");
    }

    private long activations() {
        long sum = 0;
        for (JsonNode link : vswitch.ask("links")) {
            sum += link.get("activations").asLong();
        }
        return sum;
    }

    private void awaitPackets() {
        long first = entry(1);
        long second = entry(3);
        await(() -> entry(1) > first && entry(3) > second, "packets on both ways");
    }

    private long entry(int port) {
        return vswitch.packetsOf("priority=100,in_port=" + port);
    }

    private long group() {
        return number("dump-group-stats", "packet_count=");
    }

    private long meter() {
        return number("meter-stats", "packet_in_count:");
    }

    /// Looks at counters, which never go back.
    private void look() {
        for (JsonNode port : vswitch.ask("stats").get("ports")) {
            for (String counter : List.of("rxPackets", "rxBytes", "txPackets", "txBytes")) {
                grows(port.get("name").asText() + " " + counter, port.path(counter).asLong());
            }
        }
        grows("entry of port 1", entry(1));
        grows("entry of port 3", entry(3));
        grows("group", group());
        grows("meter", meter());
    }

    private void grows(String counter, long value) {
        Long before = highest.put(counter, value);
        if (before != null && value < before) {
            wentBack++;
            verdicts.judge(
                    counter + " goes on", false, "went from %d to %d".formatted(before, value));
        }
    }

    private void finish() {
        for (Pair p : List.of(past, through)) {
            int stopped = p.source().stop();
            long sent = p.source().sent();
            await(() -> port(p.from(), "rxPackets") >= sent, "packets that wait in a ring");
            Pause.millis(DRAIN_MILLIS);
            int status = stopped | p.sink().stop();
            verdicts.judge("VNFs from port " + p.from(), status == 0, "exit status " + status);
            judge(p);
            p.source().close();
            p.sink().close();
        }
        long metered = entry(3);
        verdicts.judge(
                "group and meter",
                group() == metered && meter() == metered,
                "entry %,d, group %,d, meter %,d".formatted(metered, group(), meter()));
        verdicts.judge("counters never go back", wentBack == 0, highest.size() + " watched");
        Tolerated.judge(verdicts, vswitch.ask("show").get("faults"));
    }

    private long port(int number, String counter) {
        return vswitch.port(PORTS.get(number - 1)).get(counter).asLong();
    }

    private void judge(Pair p) {
        HonestVnf.Stream s = p.sink().from(p.from());
        long dropped = port(p.from(), "rxDropped") + port(p.from() + 1, "txDropped");
        long sent = p.source().sent();
        long lost = sent - s.packets() + s.duplicates();
        String way = p == past ? "past the switch" : "through the switch";
        verdicts.judge(
                "packets " + way,
                sent > 0
                        && lost == (p == past ? 0 : dropped)
                        && s.duplicates() == 0
                        && s.reordered() == 0
                        && p.sink().corrupt() == 0,
                "%,d sent, %,d came, %d lost, %d dropped and counted, %d twice, %d reordered, %d wrong"
                        .formatted(
                                sent,
                                s.packets(),
                                lost,
                                dropped,
                                s.duplicates(),
                                s.reordered(),
                                p.sink().corrupt()));
        long rx = port(p.from(), "rxPackets");
        long tx = port(p.from() + 1, "txPackets");
        long entry = entry(p.from());
        long got = p.sink().received();
        verdicts.judge(
                "counters " + way,
                rx == sent && entry == sent && tx == got,
                "VNF sent %,d, port %,d, entry %,d; port sent %,d, VNF got %,d"
                        .formatted(sent, rx, entry, tx, got));
    }

    private void await(BooleanSupplier condition, String what) {
        vswitch.await(condition, PATIENCE, 20, what);
    }

    @Override
    public void close() {
        for (AutoCloseable c :
                new AutoCloseable[] {
                    past == null ? null : past.source(),
                    past == null ? null : past.sink(),
                    through == null ? null : through.source(),
                    through == null ? null : through.sink(),
                    vswitch,
                    folder,
                    chronicle
                }) {
            try {
                if (c != null) {
                    c.close();
                }
            } catch (Exception e) {
                out.println("while ending: " + e);
            }
        }
    }
}
