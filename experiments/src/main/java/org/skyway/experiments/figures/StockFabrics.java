package org.skyway.experiments.figures;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.report.MachineFacts;
import org.skyway.vswitch.daemon.ControlClient;

/// What forwards between two ports of stock VNFs: Skyway, and a loop in C that does nothing else.
final class StockFabrics {
    static final String IO = "testpmd io";
    static final String SKYWAY = "Skyway";

    private static final int PORTS = 2;

    private StockFabrics() {}

    /// How a VNF is attached.
    enum Kind {
        MEMIF("memif"),
        VHOST("dpdkvhostuserclient");

        private final String type;

        Kind(String type) {
            this.type = type;
        }

        // The switch listens at memif sockets, and VNFs at those of vhost-user.
        private String device(int device, Path socket, int id) {
            return this == MEMIF
                    ? "net_memif%d,socket=%s,socket-abstract=no,id=%d,role=client,rsize=10"
                            .formatted(device, socket, id)
                    : "net_virtio_user%d,path=%s,server=1,queues=1,queue_size=1024,mrg_rxbuf=0,in_order=1"
                            .formatted(device, socket);
        }

        private String counterpart(int device, Path socket) {
            return this == MEMIF
                    ? "net_memif%d,socket=%s,socket-abstract=no,id=0,role=server,rsize=10"
                            .formatted(device, socket)
                    : "net_vhost%d,iface=%s,queues=1,client=1".formatted(device, socket);
        }
    }

    /// Skyway with ports of a kind, without rules.
    ///
    /// @param core of its poll thread
    static Costed skyway(MeasuredSession session, Kind kind, int core) {
        List<String> more = new ArrayList<>(List.of("--cores", Integer.toString(core)));
        for (int port = 1; port <= PORTS; port++) {
            String socket = kind == Kind.VHOST ? ",socket=v" + port : "";
            more.addAll(List.of("--port", "%d:%s:p%d%s".formatted(port, kind.type, port, socket)));
        }
        SkywayBed bed = new SkywayBed(session, 0, more.toArray(String[]::new));
        return new Costed() {
            private long busyNanos;
            private long packets;
            private double cycles = Double.NaN;

            @Override
            public String path() {
                return SKYWAY;
            }

            @Override
            public String device(int device, int port) {
                String socket = kind == Kind.VHOST ? "v" + port : "memif.sock";
                return kind.device(device, bed.path().resolve(socket), port);
            }

            @Override
            public void connect() {}

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
            public void active(boolean active) {
                JsonNode statistics = bed.control().ask(ControlClient.request("stats"));
                long busy = statistics.get("busyNanos").asLong();
                long moved = 0;
                for (JsonNode port : statistics.get("ports")) {
                    moved += port.path("rxPackets").asLong();
                }
                if (!active) {
                    cycles =
                            (busy - busyNanos)
                                    * MachineFacts.tscMegahertz()
                                    / 1e3
                                    / (moved - packets);
                }
                busyNanos = busy;
                packets = moved;
            }

            @Override
            public double cyclesPerPacket() {
                return cycles;
            }

            @Override
            public void close() {
                bed.close();
            }
        };
    }

    /// A `testpmd` that forwards between two ports and looks at nothing.
    ///
    /// @param huge pages for it
    /// @param core of its loop
    static Costed io(MeasuredSession session, ReservedPages huge, Kind kind, int core) {
        Path folder = session.scratch("io");
        List<String> devices = new ArrayList<>();
        for (int port = 1; port <= PORTS; port++) {
            devices.add(kind.counterpart(port - 1, folder.resolve("s" + port)));
        }
        Testpmd io =
                TestpmdLine.start(
                        session,
                        huge,
                        IO,
                        "io",
                        core,
                        devices,
                        "--forward-mode=io",
                        "--record-core-cycles");
        return new Costed() {
            private boolean active;
            private double cycles = Double.NaN;

            @Override
            public String path() {
                return IO;
            }

            @Override
            public String device(int device, int port) {
                return kind.device(device, folder.resolve("s" + port), 0);
            }

            @Override
            public void connect() {}

            @Override
            public void replaceRules(List<String> flows) {}

            @Override
            public List<Program> programs() {
                return List.of(io.program());
            }

            @Override
            public void active(boolean on) {
                if (on && !active) {
                    io.tell("start");
                } else if (active) {
                    cycles = io.cyclesPerPacket();
                }
                active = on;
            }

            @Override
            public double cyclesPerPacket() {
                return cycles;
            }

            @Override
            public void close() {
                io.close();
            }
        };
    }
}
