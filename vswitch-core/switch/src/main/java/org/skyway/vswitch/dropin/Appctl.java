package org.skyway.vswitch.dropin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.skyway.agent.log.Log;
import org.skyway.agent.log.LogLevel;
import org.skyway.agent.log.LogModule;
import org.skyway.unixctl.Command;
import org.skyway.unixctl.UnixctlException;
import org.skyway.vswitch.log.SwitchLog;

/// What `ovs-appctl` may ask: the daemon's own commands here, those about bridges in
/// [AppctlBridges], about bonds in [AppctlBonds], those about the datapath in [AppctlDatapath], of
/// QoS in [AppctlQos]. Any thread.
final class Appctl {
    /// The release of Open vSwitch whose place is taken.
    static final String OVS_VERSION = "3.1.0";

    // spotless:off
    private static final List<String> NONE = List.of(
            "lacp/show", "lacp/show-stats", "bfd/show", "cfm/show", "stp/show", "rstp/show",
            "tnl/ports/show", "tnl/arp/show", "tnl/neigh/show", "dpif-netdev/bond-show", "ovs/route/show", "dpctl/dump-conntrack");
    // spotless:on

    private static final long ANSWER_SECONDS = 20;

    private final Bridges bridges;
    private final Runnable exit;

    /// @param exit has the process end
    Appctl(Bridges bridges, Runnable exit) {
        this.bridges = bridges;
        this.exit = exit;
    }

    List<Command> commands() {
        List<Command> all = new ArrayList<>();
        all.add(now("version", "", 0, 0, _ -> version()));
        all.add(now("exit", "[--cleanup]", 0, 1, this::exit));
        all.add(now("vlog/list", "", 0, 0, _ -> vlogList()));
        all.add(now("vlog/list-pattern", "", 0, 0, _ -> "         format\n         ------\n"));
        all.add(now("vlog/set", "{spec | PATTERN:destination:pattern}", 1, 99, Appctl::vlogSet));
        all.add(now("vlog/reopen", "", 0, 0, _ -> vlogReopen()));
        all.add(now("vlog/close", "", 0, 0, _ -> ""));
        all.add(now("memory/show", "", 0, 0, _ -> memory()));
        all.add(now("coverage/show", "", 0, 0, _ -> coverage()));
        // Of what Skyway has not, there is none.
        for (String none : NONE) {
            all.add(now(none, "[...]", 0, 9, _ -> ""));
        }
        new AppctlBridges(bridges).addTo(all);
        new AppctlBonds(bridges).addTo(all);
        new AppctlDatapath(bridges).addTo(all);
        new AppctlQos(bridges).addTo(all);
        return all;
    }

    /// A command that is answered at once.
    static Command now(
            String name, String usage, int least, int most, Function<List<String>, String> work) {
        return new Command(
                name, usage, least, most, a -> CompletableFuture.completedStage(work.apply(a)));
    }

    /// A command about one bridge, on its ofproto thread.
    static CompletionStage<String> on(Slot slot, Function<Slot, String> work) {
        return CompletableFuture.supplyAsync(() -> work.apply(slot), slot.running().owner())
                .orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    /// One text of several bridges, in order.
    static CompletionStage<String> onAll(Collection<Slot> slots, Function<Slot, String> work) {
        CompletionStage<String> text = CompletableFuture.completedStage("");
        for (Slot slot : slots) {
            text = text.thenCombine(on(slot, work), String::concat);
        }
        return text;
    }

    private static String version() {
        return "ovs-vswitchd (Open vSwitch) %s\nSkyway %s\n".formatted(OVS_VERSION, release());
    }

    private static String release() {
        String version = Appctl.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    private String exit(List<String> arguments) {
        if (!arguments.isEmpty() && !arguments.getFirst().equals("--cleanup")) {
            throw new UnixctlException("invalid argument");
        }
        // When this is answered.
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(exit);
        return "";
    }

    private static String vlogList() {
        StringBuilder b = new StringBuilder();
        b.append("                 console    syslog    file\n");
        b.append("                 -------    ------    ------\n");
        for (LogModule module : SwitchLog.MODULES.all()) {
            String level = ovs(module.level());
            b.append(
                    "%-16s  %4s       %4s       %4s\n"
                            .formatted(module.name(), level, "OFF", level));
        }
        return b.toString();
    }

    private static String ovs(LogLevel level) {
        return switch (level) {
            case OFF -> "OFF";
            case ERROR -> "ERR";
            case WARN -> "WARN";
            case INFO -> "INFO";
            case DEBUG -> "DBG";
        };
    }

    private static LogLevel skyway(String level) {
        return switch (level.toLowerCase(Locale.ROOT)) {
            case "off" -> LogLevel.OFF;
            case "emer", "err" -> LogLevel.ERROR;
            case "warn" -> LogLevel.WARN;
            case "info" -> LogLevel.INFO;
            case "dbg" -> LogLevel.DEBUG;
            default -> null;
        };
    }

    /// Takes `[MODULE][:DESTINATION][:LEVEL]`, as `-v` of Open vSwitch's daemons does, too. There
    /// is one log, whose lines go where the process's errors go, or to its file: a level is that of
    /// a module, whatever destination is named.
    ///
    /// @param specs of them; patterns are passed over
    /// @return nothing
    /// @throws UnixctlException if one can't be understood
    static String vlogSet(List<String> specs) {
        for (String spec : specs) {
            if (!spec.startsWith("PATTERN:") && !spec.startsWith("FACILITY:")) {
                vlogSet(spec);
            }
        }
        return "";
    }

    private static void vlogSet(String spec) {
        LogLevel level = spec.isEmpty() ? LogLevel.DEBUG : null;
        LogModule module = null;
        String destination = null;
        for (String word : spec.split("[ ,:]")) {
            if (word.isEmpty() || word.equals("ANY")) {
                continue;
            }
            LogLevel named = skyway(word);
            if (named != null) {
                level = named;
            } else if (List.of("console", "syslog", "file").contains(word)) {
                destination = word;
            } else {
                module = module(word);
            }
        }
        if ("syslog".equals(destination) || "console".equals(destination) && Log.hasFile()) {
            return; // nothing goes there
        }
        LogLevel wanted = level == null ? LogLevel.DEBUG : level;
        for (LogModule m : SwitchLog.MODULES.all()) {
            if (module == null ? m.isOurs() : m == module) {
                SwitchLog.MODULES.set(m, wanted);
            }
        }
    }

    private static LogModule module(String word) {
        return SwitchLog.MODULES.all().stream()
                .filter(m -> m.name().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new UnixctlException(
                                "no destination, level, or module \"%s\"".formatted(word)));
    }

    private static String vlogReopen() {
        if (!Log.reopen()) {
            throw new UnixctlException("Logging to file not enabled");
        }
        return "";
    }

    private String memory() {
        Runtime r = Runtime.getRuntime();
        int ports = bridges.all().stream().mapToInt(s -> s.portCount()).sum();
        return "bridges:%d ports:%d heap-used-kB:%d heap-max-kB:%d\n"
                .formatted(
                        bridges.all().size(),
                        ports,
                        (r.totalMemory() - r.freeMemory()) / 1024,
                        r.maxMemory() / 1024);
    }

    // What was survived is what is counted; Open vSwitch's own events do not happen here.
    private String coverage() {
        StringBuilder b =
                new StringBuilder(
                        "Event coverage, avg rate over last: 5 seconds, last minute, last hour,  hash=00000000:\n");
        bridges.faults()
                .list()
                .forEach(f ->
                        b.append(
                                "%-24s %s total: %d\n"
                                        .formatted(
                                                (f.where() + " " + f.what())
                                                        .replaceAll("\\W+", "_")
                                                        .toLowerCase(Locale.ROOT),
                                                "-/sec     -/sec     -/sec  ",
                                                f.count())));
        return b.append("0 events never hit\n").toString();
    }

    /// A bridge by its name.
    ///
    /// @throws UnixctlException if there is none
    static Slot bridge(Bridges bridges, String name) {
        return bridges.all().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnixctlException("no such bridge"));
    }

    /// Lines of columns.
    static String table(List<String[]> rows) {
        int columns = rows.stream().mapToInt(r -> r.length).max().orElse(0);
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int c = 0; c < row.length; c++) {
                widths[c] = Math.max(widths[c], row[c].length());
            }
        }
        StringBuilder b = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < row.length; c++) {
                line.append(row[c]).append(" ".repeat(widths[c] - row[c].length() + 2));
            }
            b.append(line.toString().stripTrailing()).append('\n');
        }
        return b.toString();
    }

    /// Words as a table's first line has them.
    static String[] row(Object... cells) {
        return Arrays.stream(cells).map(String::valueOf).toArray(String[]::new);
    }
}
