package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.util.Map;
import org.skyway.ivshmem.sys.InterfaceState;
import org.skyway.ivshmem.sys.TapDevice;
import org.skyway.vswitch.bridge.BridgePort;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;
import org.skyway.vswitch.port.NetdevPort;
import org.skyway.vswitch.port.TapPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives the interfaces of a bridge the MTUs and addresses that the database asks for (Open
/// vSwitch, `bridge.c`): an interface that the host has made keeps its MTU unless another is asked
/// for; one that the switch makes gets the least of those. The configuration thread only.
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

    void set() {
        int least = Integer.MAX_VALUE;
        for (WantedPort port : wanted.ports().values()) {
            if (device(port) instanceof NetdevPort n) {
                least = Math.min(least, netdev(port, n));
            }
        }
        for (WantedPort port : wanted.ports().values()) {
            if (device(port) instanceof TapPort t) {
                tap(port, t.device(), least);
            }
        }
    }

    private Object device(WantedPort port) {
        try {
            BridgePort there = slot.running().ask(() -> slot.running().bridge().port(port.name()));
            return there == null ? null : there.datapathPort();
        } catch (IOException e) {
            return null; // the next pass tries again
        }
    }

    private int netdev(WantedPort port, NetdevPort n) {
        try {
            if (n.socket().linkState() == InterfaceState.GONE) {
                return Integer.MAX_VALUE;
            }
            n.socket().showSent(isOutput(port));
            int asked = asked(port);
            if (asked != 0 && n.socket().mtu() != asked) {
                n.socket().setMtu(asked);
            }
            return n.socket().mtu();
        } catch (IOException | IllegalStateException e) {
            LOG.warn("bridge {}: port {}: {}", slot.name(), port.name(), e.getMessage());
            return Integer.MAX_VALUE;
        }
    }

    // Who has a mirror send to an interface may capture there, as ovs-tcpdump does.
    private boolean isOutput(WantedPort port) {
        return wanted.mirrors().stream()
                .anyMatch(m -> m.references("output_port").contains(port.port().uuid()));
    }

    private void tap(WantedPort port, TapDevice device, int least) {
        try {
            if (device.linkState() == InterfaceState.GONE) {
                return;
            }
            int asked = asked(port);
            int mtu = asked != 0 ? asked : least;
            if (mtu != Integer.MAX_VALUE && device.mtu() != mtu) {
                device.setMtu(mtu);
            }
            Long mac = mac(port);
            if (mac != null && device.mac() != mac) {
                device.setMac(mac);
            }
        } catch (IOException | IllegalStateException e) {
            LOG.warn("bridge {}: port {}: {}", slot.name(), port.name(), e.getMessage());
        }
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
