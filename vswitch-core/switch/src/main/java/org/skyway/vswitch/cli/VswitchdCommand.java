package org.skyway.vswitch.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.agent.log.Log;
import org.skyway.agent.log.LogFormat;
import org.skyway.agent.log.LogSettings;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.HttpConfig;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.daemon.Daemon;
import org.skyway.vswitch.daemon.Preload;
import org.skyway.vswitch.daemon.StateOptions;
import org.skyway.vswitch.dropin.DropIn;
import org.skyway.vswitch.log.SwitchLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `skyway vswitchd`: runs the switch in the foreground until SIGTERM or SIGINT.
@Command(
        name = "vswitchd",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the switch in the foreground. Says on one line when it is ready; SIGTERM ends it.",
            "Flags add to what --config says (ports, controllers, sockets) or take its place."
        })
final class VswitchdCommand implements Callable<Integer> {
    private static final String REHEARSAL = "3000";
    private static final String TEXT = "text";

    @Mixin private RunDirectoryOption runDirectory;

    @Mixin private OvsOptions ovs;

    // spotless:off
    @Option(names = "--config", paramLabel = "FILE", description = "YAML file, see README")
    private Path file;
    @Option(names = "--bridge", paramLabel = "NAME", description = "the bridge's name (default: br0)")
    private String bridge;
    @Option(names = "--datapath-id", paramLabel = "HEX", description = "16 hexadecimal digits (default: made from the bridge's name)")
    private String datapathId;
    @Option(names = "--controller", paramLabel = "TARGET",
            description = "OpenFlow controller to connect to, tcp:HOST[:PORT], ssl:HOST[:PORT] or unix:FILE; repeatable")
    private List<String> controllers = List.of();
    @Option(names = "--listen", paramLabel = "TARGET",
            description = "OpenFlow socket to listen on, ptcp:[PORT][:HOST], pssl:[PORT][:HOST] or punix:FILE; repeatable")
    private List<String> listen = List.of();
    @Option(names = "--private-key", paramLabel = "FILE", description = "PEM file, for ssl: and pssl:")
    private Path privateKey;
    @Option(names = "--certificate", paramLabel = "FILE", description = "PEM file, for ssl: and pssl:")
    private Path certificate;
    @Option(names = "--ca-cert", paramLabel = "FILE", description = "PEM file of whom the other side's certificate must be signed by")
    private Path caCertificate;
    @Option(names = "--fail-mode", paramLabel = "MODE", description = "without a controller: secure (default) or standalone")
    private String failMode;
    @Option(names = "--poll-threads", paramLabel = "N", description = "threads that move packets (default: 1)")
    private Integer pollThreads;
    @Option(names = "--cores", paramLabel = "LIST", split = ",", description = "the core of each poll thread, for instance 1,2 (default: not bound)")
    private List<Integer> cores = List.of();
    @Option(names = "--ring-cells", paramLabel = "N",
            description = "64-byte cells of each packet ring between the switch and a VNF, a power of two (default: 32768)")
    private Integer ringCells;
    @Option(names = "--link-cells", paramLabel = "N",
            description = "64-byte cells of each packet ring between two VNFs, a power of two (default: 8192)")
    private Integer linkCells;
    @Option(names = "--vms", description = "ports may be those of virtual machines under libvirt, too")
    private boolean machines;
    @Option(names = "--libvirt-uri", paramLabel = "URI", description = "how libvirt is reached (default: qemu:///system); implies --vms")
    private String libvirtUri;
    @Option(names = "--agent", paramLabel = "WHICH",
            description = "process (default): ports are those of processes; libvirt: like --vms; service: `skyway agent` serves virtual machines")
    private String agent;
    @Option(names = "--obey-millis", paramLabel = "MILLISECONDS",
            description = "How long a VNF may take to leave its bypass before it is cut off (default: 2000).")
    private Integer obeyMillis;
    @Option(names = "--beyond-ovs", description = "take what Open vSwitch refuses: meter bands of type dscp_remark")
    private boolean beyondOvs;
    @Option(names = "--offloads",
            description = "offer guests at vhost-user ports to leave checksums and segmentation to others: between two of them nothing is done, for all others the switch does it")
    private boolean offloads;
    @Option(names = "--no-bypass", description = "detect links, but leave all packets to the switch")
    private boolean noBypass;
    @Option(names = "--rehearsal", paramLabel = "MILLISECONDS", defaultValue = REHEARSAL,
            description = "how long at most it warms up on flow-mods of its own, once it is ready and until somebody else has some, or before it takes over (default: ${DEFAULT-VALUE})")
    private int rehearsalMillis = Integer.parseInt(REHEARSAL);
    @Option(names = "--port", paramLabel = "[NUMBER:]TYPE:NAME",
            description = "a port, for instance 1:netdev:eth1, dpdkr:vnf1 or 3:memif:vpp,socket=/run/vpp.sock,id=7; repeatable")
    private List<String> ports = List.of();
    @Option(names = "--statedir", paramLabel = "DIR",
            description = "where flows, groups, meters, ports and links are kept for the next start (default: /var/lib/skyway for root with the default run directory, else RUNDIR/state)")
    private Path stateDirectory;
    @Option(names = "--forget", description = "begin without what the last switch has left in the state directory")
    private boolean forget;
    @Option(names = "--take-over",
            description = "have the switch that runs in the run directory, of this release or another, hand over: VNFs notice nothing")
    private boolean takeOver;
    @Option(names = "--http", paramLabel = "ADDRESS:PORT",
            description = "where the live page and the metrics are, for instance 127.0.0.1:8080 (default: nowhere); other addresses than loopback need `http` in the configuration file, with TLS and a token")
    private String http;
    @Option(names = "--http-token-file", paramLabel = "FILE", description = "what whoever changes something through the page must know")
    private Path httpTokenFile;
    @Option(names = "--log", paramLabel = "MODULE=LEVEL", split = ",",
            description = "from which level on a module is logged, for instance ofproto=debug; repeatable; `skyway ctl log` shows the modules and changes levels while it runs")
    private List<String> log = List.of();
    @Option(names = "--log-format", paramLabel = "text|json", defaultValue = TEXT,
            description = "how lines of the log look: text (default), or a JSON object each")
    private String logFormat = TEXT;
    // spotless:on

    VswitchdCommand() {}

    /// The command of a line that is plain, with those options that switches are started with.
    ///
    /// @param words its options
    /// @return the same command as by its annotations; null if the line is not plain
    static VswitchdCommand plain(PlainWords words) {
        VswitchdCommand c = new VswitchdCommand();
        c.runDirectory = new RunDirectoryOption();
        c.ovs = new OvsOptions();
        List<String> ports = new ArrayList<>();
        List<String> controllers = new ArrayList<>();
        List<String> listen = new ArrayList<>();
        while (words.next()) {
            switch (words.name()) {
                case "--rundir" -> c.runDirectory.take(words);
                case "--config" -> c.file = Path.of(words.single());
                case "--bridge" -> c.bridge = words.single();
                case "--datapath-id" -> c.datapathId = words.single();
                case "--controller" -> controllers.add(words.value());
                case "--listen" -> listen.add(words.value());
                case "--fail-mode" -> c.failMode = words.single();
                case "--poll-threads" -> c.pollThreads = words.number();
                case "--ring-cells" -> c.ringCells = words.number();
                case "--link-cells" -> c.linkCells = words.number();
                case "--no-bypass" -> c.noBypass = words.flag();
                case "--rehearsal" -> c.rehearsalMillis = words.number();
                case "--port" -> ports.add(words.value());
                case "--statedir" -> c.stateDirectory = Path.of(words.single());
                case "--take-over" -> c.takeOver = words.flag();
                case "--http" -> c.http = words.single();
                default -> c.ovs.take(words);
            }
        }
        c.ports = ports;
        c.controllers = controllers;
        c.listen = listen;
        return words.arePlain() ? c : null;
    }

    @Override
    public Integer call() {
        if (ovs.database() != null) {
            return dropIn();
        }
        ovs.checkUnused();
        applyLog();
        Path directory =
                stateDirectory == null
                        ? StateOptions.defaultDirectory(runDirectory.path())
                        : stateDirectory;
        SwitchConfig config = config();
        Preload.await();
        Daemon.run(
                runDirectory.path(),
                config,
                new StateOptions(directory, forget, takeOver),
                Duration.ofMillis(rehearsalMillis));
        return 0;
    }

    private void applyLog() {
        try {
            LogSettings.parse(SwitchLog.MODULES, log).apply();
            Log.format(LogFormat.parse(logFormat));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage(), e);
        }
    }

    // Configured by a database: a bridge and its ports are there, and nowhere else.
    private int dropIn() {
        SwitchConfig config = config();
        if (bridge != null
                || datapathId != null
                || !config.ports().isEmpty()
                || !config.controllers().isEmpty()
                || !config.listen().isEmpty()) {
            throw new ConfigException(
                    "bridges, ports and controllers are in the database %s; --bridge, --datapath-id, --port, --controller and --listen are for a switch without one"
                            .formatted(ovs.database()));
        }
        applyLog();
        ovs.applyLog();
        Path directory = ovs.runDirectory(runDirectory.given());
        Preload.await();
        DropIn.run(
                new DropIn.Settings(
                        ovs.database(),
                        directory,
                        stateDirectory == null ? ovs.stateDirectory(directory) : stateDirectory,
                        forget,
                        takeOver,
                        Duration.ofMillis(rehearsalMillis),
                        config,
                        ovs.pidFile(),
                        ovs.unixctl()));
        return 0;
    }

    private SwitchConfig config() {
        SwitchConfig c = file == null ? SwitchConfig.defaults() : SwitchConfig.read(file);
        return new SwitchConfig(
                bridge == null ? c.bridge() : bridge,
                datapathId == null ? c.datapathId() : datapathId,
                join(c.controllers(), controllers),
                join(c.listen(), listen),
                failMode == null ? c.failMode() : failMode,
                pollThreads == null ? c.pollThreads() : pollThreads,
                cores.isEmpty() ? c.cores() : cores,
                ringCells == null ? c.ringCells() : ringCells,
                linkCells == null ? c.linkCells() : linkCells,
                agent(c),
                libvirtUri == null ? c.libvirtUri() : libvirtUri,
                c.domains(),
                !noBypass && c.bypass(),
                obeyMillis == null ? c.obeyMillis() : obeyMillis,
                beyondOvs || c.beyondOvs(),
                offloads || c.offloads(),
                join(c.ports(), ports.stream().map(PortConfig::parse).toList()),
                tls(c.tls()),
                http(c.http()));
    }

    private HttpConfig http(HttpConfig c) {
        if (http == null && httpTokenFile == null) {
            return c;
        }
        return new HttpConfig(
                http == null && c != null ? c.listen() : http,
                httpTokenFile == null && c != null ? c.tokenFile() : httpTokenFile,
                c == null ? null : c.privateKey(),
                c == null ? null : c.certificate());
    }

    private SwitchConfig.Tls tls(SwitchConfig.Tls c) {
        if (privateKey == null && certificate == null && caCertificate == null) {
            return c;
        }
        return new SwitchConfig.Tls(
                privateKey == null && c != null ? c.privateKey() : privateKey,
                certificate == null && c != null ? c.certificate() : certificate,
                caCertificate == null && c != null ? c.caCertificate() : caCertificate);
    }

    private String agent(SwitchConfig c) {
        if (agent != null) {
            return agent;
        }
        return machines || libvirtUri != null ? SwitchConfig.LIBVIRT : c.agent();
    }

    private static <T> List<T> join(List<T> first, List<T> second) {
        List<T> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
