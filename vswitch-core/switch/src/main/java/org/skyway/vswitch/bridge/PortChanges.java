package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.skyway.ivshmem.sys.TapDevice;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.port.HostPort;
import org.skyway.vswitch.port.StockPort;

/// Ports of a bridge that come, go, and go up and down, with all that begins and ends with them:
/// VNFs, notes for the next switch, links, bonds. Ofproto thread.
public final class PortChanges {
    private final Bridge bridge;
    private final Ports ports;
    private final Settlements settlements;
    private final InterfaceWatch interfaces;
    private final BondedPorts bonded;
    private final Notes notes;

    PortChanges(
            Bridge bridge,
            Ports ports,
            Settlements settlements,
            InterfaceWatch interfaces,
            BondedPorts bonded,
            Notes notes) {
        this.bridge = bridge;
        this.ports = ports;
        this.settlements = settlements;
        this.interfaces = interfaces;
        this.bonded = bonded;
        this.notes = notes;
    }

    /// Adds a port.
    ///
    /// @param asked what kind, which name and number
    /// @return the port
    /// @throws ConfigException if name or number is taken, or the interface can't be had
    public BridgePort add(PortConfig asked) {
        if (asked.name().equals(bridge.name())) {
            throw new ConfigException(
                    "port %s can't have the bridge's name, which is its local port's"
                            .formatted(asked.name()));
        }
        BridgePort port = ports.add(asked);
        interfaces.added(port);
        if (bridge.config().machines() && asked.type() == PortConfig.Type.DPDKR) {
            try {
                bridge.agent().offer(bridge.vnfs().prepare(asked.name()));
            } catch (ConfigException e) {
                interfaces.removed(port);
                settlements.afterGrace(ports.remove(port, TapDevice::close));
                throw e;
            }
        }
        note(port);
        bridge.changed();
        bonded.look();
        bridge.settle();
        return port;
    }

    /// Notes for the next switch what a port is by now.
    void note(BridgePort port) {
        String name = port.config().name();
        if (ports.byName(name) == port) {
            boolean asked = bridge.config().ports().stream().noneMatch(p -> p.name().equals(name));
            notes.port(port, asked);
        }
    }

    /// What is wrong with the configuration's domains. Ports may still be added later.
    ///
    /// @param domains ports by the name of the domain that is to have them
    /// @return a sentence for each port that is not there
    public List<String> unknown(Map<String, List<String>> domains) {
        List<String> wrong = new ArrayList<>();
        domains.forEach((domain, names) -> {
            for (String name : names) {
                if (ports.byName(name) == null) {
                    wrong.add("domain %s: %s".formatted(domain, ports.unknown(name)));
                }
            }
        });
        return wrong;
    }

    /// Removes a port; a VNF at it loses it.
    ///
    /// @param name the port's name
    /// @throws ConfigException if there is no such port
    public void remove(String name) {
        remove(name, TapDevice::close);
    }

    /// Removes ports of which whoever asks closes the interfaces that the switch has made: that
    /// takes the kernel a while.
    ///
    /// @param names the ports' names; those that there are
    /// @return the interfaces, once nobody uses them any more
    public CompletionStage<List<TapDevice>> remove(List<String> names) {
        List<TapDevice> devices = new ArrayList<>();
        for (String name : names) {
            if (ports.byName(name) != null) {
                remove(name, devices::add);
            }
        }
        CompletableFuture<List<TapDevice>> closing = new CompletableFuture<>();
        settlements.afterGrace(() -> closing.complete(devices));
        return closing;
    }

    private void remove(String name, Consumer<TapDevice> closing) {
        BridgePort port = ports.byName(name);
        if (port == null) {
            throw new ConfigException(ports.unknown(name));
        }
        bridge.observers().portRemoved(port);
        Attachment vnf = port.attachment();
        if (vnf != null) {
            bridge.vnfs().disconnect(port, "port " + name + " was removed");
        }
        interfaces.removed(port);
        Runnable removed = ports.remove(port, closing);
        notes.noPort(name);
        bridge.changed();
        bonded.look();
        bridge.settle();
        settlements.afterGrace(() -> {
            removed.run();
            bridge.vnfs().removed(name, vnf != null);
        });
        if (vnf != null) {
            bridge.agent().drop(name, "port " + name + " was removed");
        }
    }

    /// Tells the VNFs at its ports that they have lost them.
    ///
    /// @param why for them
    public void dropVnfs(String why) {
        for (BridgePort port : ports.all()) {
            if (port.attachment() != null) {
                bridge.agent().drop(port.config().name(), why);
            }
        }
    }

    /// Tells those whose rings went bad that they have lost their ports.
    void dropFaulty() {
        for (BridgePort port : ports.all()) {
            String fault = port.datapathPort() instanceof DpdkrPort d ? d.fault() : null;
            if (fault != null && port.attachment() != null) {
                bridge.events().fault(port.config().name(), fault);
                bridge.agent().drop(port.config().name(), fault);
            }
        }
    }

    /// Switches a port's interface on or off, if it is one of the host.
    ///
    /// @return false if that can't be done
    boolean administer(int number, boolean up) {
        BridgePort port = ports.byNumber(number);
        return port == null
                || !(port.datapathPort() instanceof HostPort h)
                || interfaces.administer(h, up);
    }

    /// A controller has switched a port on or off: its VNF is told. What its interface makes of it
    /// is looked at when that has been told.
    void administered(BridgePort port) {
        if (port.datapathPort() instanceof HostPort) {
            bridge.owner().execute(interfaces::look);
        }
        administer(port);
    }

    /// Tells the VNF of a port whether the port is switched on.
    void administer(BridgePort port) {
        if (port.attachment() != null) {
            bridge.agent()
                    .administer(
                            port.config().name(),
                            (port.state().config() & PortState.PORT_DOWN) == 0);
        }
    }

    void stockVnf(StockPort at, String event, String what) {
        BridgePort port = ports.byNumber(at.number());
        if (port != null && port.datapathPort() == at) { // not if it was removed meanwhile
            bridge.events().vnf(event, port.config().name(), what);
            note(port);
            linkUp(port, at.peer() != null);
        }
    }

    void linkUp(BridgePort port, boolean up) {
        if (ports.linkUp(port, up)) {
            observed();
        }
    }

    /// Some ports are others now.
    void observed() {
        bridge.changed();
        bonded.look();
        bridge.settle();
    }
}
