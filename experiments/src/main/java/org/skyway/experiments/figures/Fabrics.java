package org.skyway.experiments.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.peers.OvsDpdk;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;

/// The fabrics that there are.
final class Fabrics {
    static final String OVS = "Open vSwitch with DPDK";
    static final String MEMIF = "memif, no switch";
    static final String THROUGH = "Skyway through the switch, testpmd";
    static final String PAST = "Skyway past the switch, testpmd";

    private static final Pattern OVS_CYCLES =
            Pattern.compile("avg processing cycles per packet: ([0-9.]+)");

    private Fabrics() {}

    /// Skyway, with `net_skyway` in the VNFs.
    ///
    /// @param session whose
    /// @param ports how many
    /// @param core of its poll thread; null for any
    /// @param past whether bypasses are allowed
    static Fabric skyway(MeasuredSession session, int ports, Integer core, boolean past) {
        SkywayBed bed =
                core == null
                        ? new SkywayBed(session, ports)
                        : new SkywayBed(session, ports, "--cores", core.toString());
        return new Fabric() {
            @Override
            public String path() {
                return past ? PAST : THROUGH;
            }

            @Override
            public String device(int device, int port) {
                return "net_skyway%d,port=vnf%d,rundir=%s".formatted(device, port, bed.path());
            }

            @Override
            public void connect() {
                bed.connectNeighbours(1, ports);
                bed.bypass(past);
            }

            @Override
            public void replaceRules(List<String> flows) {
                bed.ofctl("del-flows");
                bed.addFlows(flows);
            }

            @Override
            public List<Program> programs() {
                return bed.programs();
            }

            // It rests by itself when nothing comes.
            @Override
            public void active(boolean active) {}

            @Override
            public void close() {
                bed.close();
            }
        };
    }

    /// Open vSwitch with DPDK and vhost-user ports.
    ///
    /// @param session whose
    /// @param huge pages for it
    /// @param cores of its PMD threads
    static Costed ovs(MeasuredSession session, ReservedPages huge, List<Integer> cores) {
        OvsDpdk ovs = new OvsDpdk(huge, cores, session.chronicle().of("ovs-vswitchd-dpdk"));
        session.note(
                "ovs-vswitchd-dpdk, PMD threads on cores %s, ports dpdkvhostuserclient"
                        .formatted(cores));
        List<Integer> ports = new ArrayList<>();
        return new Costed() {
            private double cycles = Double.NaN;

            @Override
            public String path() {
                return OVS;
            }

            @Override
            public String device(int device, int port) {
                ports.add(port);
                return "net_virtio_user%d,%s".formatted(device, ovs.vhostPort(port));
            }

            @Override
            public void connect() {
                for (int port : ports) {
                    int other = port % 2 == 1 ? port + 1 : port - 1;
                    ovs.ofctl(
                            "add-flow",
                            "priority=100,in_port=%d,actions=output:%d".formatted(port, other));
                }
            }

            @Override
            public void replaceRules(List<String> flows) {
                ovs.daemon().resume(); // until it is active no more
                ovs.ofctl("del-flows");
                Path file = session.scratch().resolve("flows");
                try {
                    Files.write(file, flows);
                } catch (IOException e) {
                    throw new ExperimentException("can't write " + file + ": " + e, e);
                }
                ovs.ofctl("add-flows", file.toString());
            }

            @Override
            public List<Program> programs() {
                return ovs.programs();
            }

            @Override
            public void active(boolean active) {
                if (active) {
                    ovs.daemon().resume();
                    ovs.appctl("dpif-netdev/pmd-stats-clear");
                } else {
                    Matcher m = OVS_CYCLES.matcher(ovs.appctl("dpif-netdev/pmd-stats-show"));
                    cycles = m.find() ? Double.parseDouble(m.group(1)) : Double.NaN;
                    ovs.daemon().pause();
                }
            }

            @Override
            public double cyclesPerPacket() {
                return cycles;
            }

            @Override
            public void close() {
                ovs.close();
            }
        };
    }

    /// DPDK's `net_memif` from VNF to VNF, copying.
    ///
    /// @param folder for its sockets
    static Fabric memif(Path folder) {
        Set<Integer> servers = new HashSet<>();
        return new Fabric() {
            @Override
            public String path() {
                return MEMIF;
            }

            // Who comes first listens.
            @Override
            public String device(int device, int port) {
                int pair = (port + 1) / 2;
                String role = servers.add(pair) ? "server" : "client";
                return "net_memif%d,socket=%s,socket-abstract=no,id=0,role=%s,rsize=10"
                        .formatted(device, folder.resolve("m" + pair), role);
            }

            @Override
            public void connect() {}

            @Override
            public List<Program> programs() {
                return List.of();
            }

            @Override
            public void active(boolean active) {}

            @Override
            public void close() {}
        };
    }
}
