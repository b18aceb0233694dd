package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.skyway.ivshmem.sys.PacketSocket;
import org.skyway.ivshmem.sys.TapDevice;
import org.skyway.vswitch.bridge.BridgePort;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;
import org.skyway.vswitch.port.NetdevPort;
import org.skyway.vswitch.port.TapPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives the interfaces of a bridge the MTUs and addresses that the database asks for (Open
/// vSwitch, `bridge.c`); those that the switch makes and that no MTU is asked for have the bridge's
/// [InternalMtu]. The configuration thread only.
final class Devices {
    private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
    private static final int LEAST_MTU = 68;
    private static final int MOST_MTU = 65535;

    private final WantedBridge wanted;
    private final Slot slot;

    Devices(WantedBridge wanted, Slot slot) {
        this.wanted = wanted;
        this.slot = slot;
    }

    // A port that is there.
    private record Device(WantedPort wanted, DatapathPort port) {}

    /// Gives them what is asked for.
    ///
    /// @throws IOException if the ofproto thread can't be asked for the ports
    void set() throws IOException {
        slot.running().ask(this::all).forEach(d -> give(d.wanted, d.port));
    }

    /// Has those that no MTU is asked for follow the others, whose MTUs may have changed.
    ///
    /// @throws IOException if the ofproto thread can't be asked for the ports
    void follow() throws IOException {
        List<Device> devices = slot.running().ask(this::all);
        int least = Integer.MAX_VALUE;
        for (Device d : devices) {
            least = Math.min(least, other(d.wanted, d.port));
        }
        slot.internalMtu().others(least);
        devices.forEach(d -> internal(d.wanted, d.port));
    }

    private List<Device> all() {
        List<Device> all = new ArrayList<>();
        for (WantedPort port : wanted.ports().values()) {
            BridgePort there = slot.running().bridge().port(port.name());
            if (there != null) {
                all.add(new Device(port, there.datapathPort()));
            }
        }
        return all;
    }

    private void give(WantedPort port, DatapathPort device) {
        try {
            switch (device) {
                case NetdevPort n when n.device().linkState().isHere() -> netdev(port, n.device());
                case TapPort t when t.device().linkState().isHere() -> tap(port, t.device());
                case null, default -> {}
            }
        } catch (IOException | IllegalStateException e) {
            warn(port, e);
        }
    }

    private void netdev(WantedPort port, PacketSocket socket) throws IOException {
        socket.showSent(isOutput(port));
        int asked = asked(port);
        if (asked != 0 && socket.mtu() != asked) {
            socket.setMtu(asked);
        }
    }

    private void tap(WantedPort port, TapDevice device) throws IOException {
        int asked = asked(port);
        if (asked != 0 && device.mtu() != asked) {
            device.setMtu(asked);
        }
        Long mac = mac(port);
        if (mac != null && device.mac() != mac) {
            device.setMac(mac);
        }
    }

    // What an interface says to those that follow.
    private int other(WantedPort port, DatapathPort device) {
        try {
            return switch (device) {
                case NetdevPort n when n.device().linkState().isHere() -> n.device().mtu();
                case TapPort t when asked(port) != 0 && t.device().linkState().isHere() ->
                        t.device().mtu();
                case null, default -> Integer.MAX_VALUE;
            };
        } catch (IOException | IllegalStateException e) {
            return Integer.MAX_VALUE; // it went away meanwhile
        }
    }

    private void internal(WantedPort port, DatapathPort device) {
        try {
            if (asked(port) == 0
                    && device instanceof TapPort t
                    && t.device().linkState().isHere()) {
                int has = t.device().mtu();
                int mtu = slot.internalMtu().of(has);
                if (mtu != has) {
                    t.device().setMtu(mtu);
                }
            }
        } catch (IOException | IllegalStateException e) {
            warn(port, e);
        }
    }

    private void warn(WantedPort port, Exception e) {
        LOG.warn("bridge {}: port {}: {}", slot.name(), port.name(), e.getMessage());
    }

    // Who has a mirror send to an interface may capture there, as ovs-tcpdump does.
    private boolean isOutput(WantedPort port) {
        return wanted.mirrors().stream()
                .anyMatch(m -> m.references("output_port").contains(port.port().uuid()));
    }

    private static int asked(WantedPort port) {
        Long mtu = port.row().integer("mtu_request");
        return mtu == null || mtu < LEAST_MTU || mtu > MOST_MTU ? 0 : mtu.intValue();
    }

    private Long mac(WantedPort port) {
        if (port.name().equals(wanted.name())) {
            Map<String, String> other = wanted.row().pairs("other_config");
            return OpenFlowSettings.address(other.get("hwaddr"));
        }
        return OpenFlowSettings.address(port.row().text("mac"));
    }
}
