package org.skyway.agent.libvirt;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainInfo.DomainState;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection to libvirt. Calls block, and may be made on any thread; events come on libvirt's
/// event thread, of which there is one in the process.
final class Hypervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hypervisor.class);
    private static final int KEEP_ALIVE_SECONDS = 5;
    private static final int KEEP_ALIVE_COUNT = 3;
    private static final int ACTIVE = 1; // VIR_CONNECT_LIST_DOMAINS_ACTIVE

    private static Thread eventThread;

    private final Connection connection;
    private final List<Object> callbacks = new ArrayList<>(); // or they would be collected

    /// What libvirt reports. Called on its event thread; must return at once.
    interface Listener {
        /// A domain was started, stopped, paused, resumed, defined or undefined.
        void domainChanged(String domain, DomainEvent event);

        /// A device has left a domain.
        void deviceRemoved(String domain, String alias);

        /// A guest refuses to let go of a device.
        void deviceRemovalFailed(String domain, String alias);

        /// The connection is of no use any more.
        void lost(String reason);
    }

    /// What happened to a domain; in the order of `virDomainEventType`.
    enum DomainEvent {
        DEFINED,
        UNDEFINED,
        STARTED,
        SUSPENDED,
        RESUMED,
        STOPPED,
        SHUTDOWN,
        PMSUSPENDED,
        CRASHED
    }

    // The pointer of a connection is protected, and needed for what libvirt-java lacks.
    private static final class Connection extends Connect {
        Connection(String uri) throws LibvirtException {
            super(uri);
        }

        int register(int event, Libvirt.VirDomainEventCallback callback) {
            return Libvirt.INSTANCE.virConnectDomainEventRegisterAny(
                    vcp, null, event, callback, null, null);
        }

        DomainPointer lookup(String domain) {
            return Libvirt.INSTANCE.virDomainLookupByName(vcp, domain);
        }
    }

    private Hypervisor(Connection connection) {
        this.connection = connection;
    }

    /// Connects.
    ///
    /// @param uri like `qemu:///system`
    /// @param listener told of events from now on
    /// @throws LibvirtException if there is no libvirtd, or it refuses
    static Hypervisor connect(String uri, Listener listener) throws LibvirtException {
        startEventLoop();
        // Errors come as exceptions; that libvirt prints them as well helps nobody.
        Connect.setErrorCallback((_, _) -> {});
        Connection connection = new Connection(uri);
        try {
            Hypervisor hypervisor = new Hypervisor(connection);
            hypervisor.listen(listener);
            return hypervisor;
        } catch (LibvirtException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void listen(Listener listener) throws LibvirtException {
        LibvirtCalls.DeviceEvent removed =
                (_, domain, alias, _) -> listener.deviceRemoved(name(domain), alias);
        LibvirtCalls.DeviceEvent refused =
                (_, domain, alias, _) -> listener.deviceRemovalFailed(name(domain), alias);
        LibvirtCalls.LifecycleEvent lifecycle =
                (_, domain, event, _, _) -> {
                    if (event >= 0 && event < DomainEvent.values().length) {
                        listener.domainChanged(name(domain), DomainEvent.values()[event]);
                    }
                    return 0;
                };
        register(LibvirtCalls.DEVICE_REMOVED, removed);
        register(LibvirtCalls.DEVICE_REMOVAL_FAILED, refused);
        register(LibvirtCalls.LIFECYCLE, lifecycle);
        connection.registerCloseListener(
                (_, reason) -> listener.lost("libvirt closed the connection (" + reason + ")"));
        connection.setKeepAlive(KEEP_ALIVE_SECONDS, KEEP_ALIVE_COUNT);
    }

    private void register(int event, Libvirt.VirDomainEventCallback callback) {
        callbacks.add(callback);
        if (connection.register(event, callback) < 0) {
            throw new IllegalStateException("libvirt does not report event " + event);
        }
    }

    private static String name(DomainPointer domain) {
        return Libvirt.INSTANCE.virDomainGetName(domain);
    }

    List<String> activeDomains() throws LibvirtException {
        List<String> names = new ArrayList<>();
        for (Domain domain : connection.listAllDomains(ACTIVE)) {
            names.add(domain.getName());
            domain.free();
        }
        return names;
    }

    /// The live description of a domain.
    GuestDescription describe(String name) throws LibvirtException {
        Domain domain = connection.domainLookupByName(name);
        try {
            return GuestDescription.parse(domain.getXMLDesc(0));
        } finally {
            domain.free();
        }
    }

    boolean isPaused(String name) throws LibvirtException {
        Domain domain = connection.domainLookupByName(name);
        try {
            DomainState state = domain.getInfo().state;
            return state == DomainState.VIR_DOMAIN_PAUSED
                    || state == DomainState.VIR_DOMAIN_PMSUSPENDED;
        } finally {
            domain.free();
        }
    }

    /// The group that QEMU runs as, for domains that don't say otherwise.
    OptionalInt groupId() throws LibvirtException {
        return GuestDescription.groupOf(connection.getCapabilities());
    }

    /// Plugs a device in. When this returns, the guest may not have seen it yet.
    void attach(String name, String deviceXml) throws LibvirtException {
        Domain domain = connection.domainLookupByName(name);
        try {
            domain.attachDeviceFlags(deviceXml, LibvirtCalls.AFFECT_LIVE);
        } finally {
            domain.free();
        }
    }

    /// Asks a guest to let go of a device. It is gone when [Listener#deviceRemoved] was called.
    ///
    /// @return why that failed; null if it did not
    String detach(String name, String alias) {
        DomainPointer domain = connection.lookup(name);
        if (domain == null) {
            return "there is no domain " + name;
        }
        try {
            int result =
                    LibvirtCalls.INSTANCE.virDomainDetachDeviceAlias(
                            domain, alias, LibvirtCalls.AFFECT_LIVE);
            return result == 0
                    ? null
                    : "libvirt can't detach %s from domain %s".formatted(alias, name);
        } finally {
            Libvirt.INSTANCE.virDomainFree(domain);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (LibvirtException e) {
            LOG.debug("closing the connection to libvirt: {}", e.toString());
        }
    }

    private static synchronized void startEventLoop() throws LibvirtException {
        if (eventThread == null) {
            Library.initEventLoop(); // must be before the first connection
            eventThread =
                    Thread.ofPlatform()
                            .daemon()
                            .name("libvirt-events")
                            .start(Hypervisor::runEventLoop);
        }
    }

    private static void runEventLoop() {
        while (true) {
            try {
                Library.processEvent();
            } catch (LibvirtException e) {
                LOG.warn("libvirt's event loop: {}", e.toString());
            }
        }
    }
}
