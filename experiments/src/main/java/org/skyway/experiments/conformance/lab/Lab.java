package org.skyway.experiments.conformance.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.RunFolder;

/// Both switches, running, with the same ports, the same bridge name and the same datapath id; and
/// nothing of them left behind.
public final class Lab implements AutoCloseable {
    /// Ports of each switch; the last is for the tester's own marks.
    public static final int PORTS = 5;

    static final String DATAPATH_ID = "00000000c0ffee01";

    private final Undertaker undertaker = new Undertaker();
    private final List<RunFolder> folders = new ArrayList<>();
    private final OvsSide ovs;
    private final Side skyway;

    /// Starts both.
    ///
    /// @param log gets what Skyway says
    public Lab(Consumer<String> log) {
        String missing = missing();
        if (missing != null) {
            throw new ExperimentException(missing);
        }
        // Interface names have 15 characters at most, and must be no one else's.
        String id = Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
        String bridge = "cb" + id;
        OvsSide first = null;
        try {
            Path a = folder();
            first =
                    OvsSide.start(
                            a, bridge, new Veths(a, undertaker, "co" + id, PORTS), undertaker);
            Path b = folder();
            Veths veths = new Veths(b, undertaker, "cs" + id, PORTS);
            skyway = SkywaySide.start(b, bridge, veths, undertaker, log);
            ovs = first;
        } catch (RuntimeException e) {
            if (first != null) {
                first.close();
            }
            undertaker.close();
            throw e;
        }
    }

    /// What is missing on this machine.
    ///
    /// @return what, and how to get it; null if nothing is
    public static String missing() {
        for (String program :
                List.of("/usr/sbin/ovs-vswitchd", "/usr/sbin/ovsdb-server", "/usr/bin/ovs-ofctl")) {
            if (!Files.isExecutable(Path.of(program))) {
                return program + " is missing; apt-get install openvswitch-switch";
            }
        }
        if (!Files.isExecutable(Path.of("/sbin/ip"))) {
            return "/sbin/ip is missing; apt-get install iproute2";
        }
        if (!mayMakeInterfaces()) {
            return "virtual interfaces can't be made; run as root with CAP_NET_ADMIN";
        }
        return null;
    }

    private static boolean mayMakeInterfaces() {
        String name = "ct" + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
        try {
            return shell("ip link add " + name + " type veth peer name " + name + "x") == 0
                    && shell("ip link del " + name) == 0
                    && Files.exists(Path.of("/dev/net/tun"));
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int shell(String command) throws IOException, InterruptedException {
        return new ProcessBuilder(command.split(" "))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private Path folder() {
        RunFolder folder = new RunFolder();
        folders.add(folder);
        undertaker.atEnd("rm -rf " + folder.path());
        return folder.path();
    }

    /// The one that is right.
    ///
    /// @return Open vSwitch
    public Side ovs() {
        return ovs;
    }

    /// Whether Open vSwitch has ended by itself: it fails an assertion on some rules.
    ///
    /// @return true if it has, or does so within a second
    public boolean ovsHasEnded() {
        return ovs.hasEnded();
    }

    /// The one that is tested.
    ///
    /// @return Skyway
    public Side skyway() {
        return skyway;
    }

    /// Both.
    ///
    /// @return Open vSwitch, then Skyway
    public List<Side> sides() {
        return List.of(ovs, skyway);
    }

    /// A directory that is removed at the end.
    ///
    /// @return the directory
    public Path scratch() {
        return folders.getFirst().path();
    }

    @Override
    public void close() {
        skyway.close();
        ovs.close();
        undertaker.close();
    }
}
