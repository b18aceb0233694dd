package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.skyway.ivshmem.sys.Reasons;
import org.skyway.memif.MemifClient;
import org.skyway.memif.MemifMessage;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SocketConfig;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.port.MemifPort;
import org.skyway.vswitch.port.MemifPorts;
import org.skyway.vswitch.port.PortSockets;
import org.skyway.vswitch.port.PortWatch;
import org.skyway.vswitch.port.StockPort;
import org.skyway.vswitch.port.VhostPorts;
import org.skyway.vswitch.port.VhostUserPort;

/// The ports of VNFs that speak a standard protocol. Ofproto thread.
final class StockPorts implements AutoCloseable {
    private static final String MEMIF_SOCKET = "memif.sock";
    private static final int MEMIF_RING_SIZE = 1024;
    private static final int MEMIF_BUFFER_SIZE = 2048;
    private static final String OWNER_ONLY = "600";

    private final Path runDirectory;
    private final Datapath datapath;
    private final CounterMemory memory;
    private final boolean offloads;
    private final Faults faults;
    private boolean holds; // vhost-user ports' packets, until release
    private Executor owner;
    private Watcher watcher;
    private PortSockets sockets; // null until the first port
    private MemifPorts memifs;
    private VhostPorts vhosts;

    /// Who is told of VNFs that come and go. Ofproto thread.
    @FunctionalInterface
    interface Watcher {
        /// Something changed.
        ///
        /// @param port where
        /// @param event `vnf-connected` or `vnf-gone`
        /// @param what who, and why
        void happened(StockPort port, String event, String what);
    }

    StockPorts(
            Path runDirectory,
            Datapath datapath,
            CounterMemory memory,
            boolean offloads,
            Faults faults) {
        this.offloads = offloads;
        this.runDirectory = runDirectory;
        this.datapath = datapath;
        this.memory = memory;
        this.faults = faults;
    }

    /// Before the first port.
    void start(Executor ofprotoThread, Watcher bridge) {
        owner = ofprotoThread;
        watcher = bridge;
    }

    /// There was a switch before: nothing is taken from guests before [#release].
    void hold() {
        holds = true;
    }

    /// The tables are in force.
    ///
    /// @param served ports whose guests were attached to the switch before, and are still there
    void release(Set<DatapathPort> served) {
        holds = false;
        if (vhosts != null) {
            Set<VhostUserPort> guests = new HashSet<>();
            for (DatapathPort port : served) {
                if (port instanceof VhostUserPort v) {
                    guests.add(v);
                }
            }
            vhosts.release(guests);
        }
    }

    /// Makes a port, whose VNF may be attached at once.
    ///
    /// @throws ConfigException if its socket can't be had
    StockPort open(PortConfig config) {
        try {
            if (sockets == null) {
                sockets =
                        new PortSockets(datapath::ticket, datapath::isSettled, new Watch(), faults);
                memifs = new MemifPorts(sockets);
                vhosts = new VhostPorts(sockets, holds);
            }
            return config.type() == PortConfig.Type.MEMIF ? memif(config) : vhost(config);
        } catch (IOException e) {
            throw new ConfigException("can't add port " + config.name() + ": " + e.getMessage(), e);
        }
    }

    private MemifPort memif(PortConfig config) throws IOException {
        MemifPort port = new MemifPort(config.number(), datapath.threads(), memory);
        SocketConfig socket = config.socket();
        int id = (int) (socket.id() == null ? config.number() : socket.id());
        byte[] secret = secret(config);
        if (socket.isClient()) {
            int slots = socket.ringSize() == null ? MEMIF_RING_SIZE : socket.ringSize();
            int bytes = socket.bufferSize() == null ? MEMIF_BUFFER_SIZE : socket.bufferSize();
            int log2 = Integer.numberOfTrailingZeros(slots);
            memifs.connect(
                    port,
                    socketOf(config),
                    new MemifClient.Settings(id, secret, config.name(), log2, bytes));
        } else {
            memifs.serve(
                    port, config.name(), socketOf(config), id, secret, file -> give(config, file));
        }
        return port;
    }

    private VhostUserPort vhost(PortConfig config) throws IOException {
        VhostUserPort port =
                new VhostUserPort(config.number(), datapath.threads(), memory, offloads);
        if (config.type() == PortConfig.Type.DPDKVHOSTUSERCLIENT) {
            vhosts.connect(port, config.name(), socketOf(config));
        } else {
            vhosts.serve(port, config.name(), socketOf(config), file -> give(config, file));
        }
        return port;
    }

    /// Where a port's socket is, by whatever side it is made.
    Path socketOf(PortConfig config) {
        Path path = config.socket().path();
        if (path == null) {
            path = Path.of(config.type() == PortConfig.Type.MEMIF ? MEMIF_SOCKET : config.name());
        }
        return runDirectory.resolve(path);
    }

    private static byte[] secret(PortConfig config) {
        if (config.secretFile() == null) {
            return new byte[0];
        }
        byte[] secret;
        try {
            secret = Files.readString(config.secretFile()).strip().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ConfigException(
                    "can't read the secret of port %s in %s: %s"
                            .formatted(config.name(), config.secretFile(), Reasons.of(e)),
                    e);
        }
        if (secret.length == 0 || secret.length > MemifMessage.SECRET_BYTES) {
            throw new ConfigException(
                    "the secret of port %s in %s has %d bytes; a memif secret has 1 to %d"
                            .formatted(
                                    config.name(),
                                    config.secretFile(),
                                    secret.length,
                                    MemifMessage.SECRET_BYTES));
        }
        return secret;
    }

    // Nobody can connect yet.
    private static void give(PortConfig config, Path file) {
        SocketConfig socket = config.socket();
        try {
            PosixFileAttributeView view =
                    Files.getFileAttributeView(file, PosixFileAttributeView.class);
            UserPrincipalLookupService names =
                    FileSystems.getDefault().getUserPrincipalLookupService();
            if (socket.group() != null) {
                view.setGroup(names.lookupPrincipalByGroupName(socket.group()));
            }
            if (socket.owner() != null) {
                view.setOwner(names.lookupPrincipalByName(socket.owner()));
            }
            view.setPermissions(permissions(socket.mode() == null ? OWNER_ONLY : socket.mode()));
        } catch (UserPrincipalNotFoundException e) {
            throw new ConfigException(
                    "port %s names %s as owner or group of its socket, but there is no such user or group"
                            .formatted(config.name(), e.getName()),
                    e);
        } catch (IOException e) {
            throw new ConfigException(
                    "can't give socket %s of port %s away: %s"
                            .formatted(file, config.name(), Reasons.of(e)),
                    e);
        }
    }

    private static Set<PosixFilePermission> permissions(String octal) {
        int bits = Integer.parseInt(octal, 8);
        PosixFilePermission[] all = PosixFilePermission.values(); // from OWNER_READ on
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < all.length; i++) {
            if ((bits >> (all.length - 1 - i) & 1) != 0) {
                set.add(all[i]);
            }
        }
        return set;
    }

    /// A port was removed: its VNF loses it.
    void remove(DatapathPort port) {
        if (port instanceof MemifPort m) {
            memifs.remove(m);
        } else if (port instanceof VhostUserPort v) {
            vhosts.remove(v);
        }
    }

    /// Another switch goes on in this one's place, and needs the sockets.
    void handOver() {
        try {
            if (sockets != null) {
                sockets.closeListeners();
            }
        } catch (IOException e) {
            faults.record("port sockets", e); // then they go with the process
        }
    }

    /// Ends all connections. No poll thread runs any more.
    @Override
    public void close() {
        if (sockets != null) {
            sockets.close();
        }
    }

    private final class Watch implements PortWatch {
        @Override
        public void attached(StockPort port, StockPort.Peer peer) {
            datapath.wake();
            tell(port, "vnf-connected", describe(peer));
        }

        @Override
        public void gone(StockPort port, StockPort.Peer peer, String reason) {
            tell(port, "vnf-gone", describe(peer) + ": " + reason);
        }

        private void tell(StockPort port, String event, String what) {
            try {
                owner.execute(() -> watcher.happened(port, event, what));
            } catch (RejectedExecutionException e) {
                // The switch ends, and there is nobody any more who could want to know.
            }
        }

        @Override
        public void refused(StockPort port, String reason) {
            faults.record(
                    "port sockets",
                    "refused",
                    (port == null ? "a client" : "port " + port.number()) + ": " + reason);
        }

        private String describe(StockPort.Peer peer) {
            return "%s%s: %s"
                    .formatted(
                            peer.program(),
                            peer.pid() == 0 ? "" : " (process " + peer.pid() + ")",
                            peer.detail());
        }
    }
}
