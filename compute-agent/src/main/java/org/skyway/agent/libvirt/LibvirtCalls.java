package org.skyway.agent.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt;

/// What libvirt-java lacks.
interface LibvirtCalls extends Library {
    /// The calls; loads the library.
    LibvirtCalls INSTANCE = Native.load("libvirt.so.0", LibvirtCalls.class);

    /// `VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED`.
    int DEVICE_REMOVED = 15;

    /// `VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED`.
    int DEVICE_REMOVAL_FAILED = 22;

    /// `VIR_DOMAIN_EVENT_ID_LIFECYCLE`.
    int LIFECYCLE = 0;

    /// `VIR_DOMAIN_AFFECT_LIVE`.
    int AFFECT_LIVE = 1;

    /// Asks the guest to let go of a device; returns at once.
    ///
    /// @param domain which
    /// @param alias of the device
    /// @param flags [#AFFECT_LIVE]
    /// @return -1 if it failed
    int virDomainDetachDeviceAlias(DomainPointer domain, String alias, int flags);

    /// Callback of the events of devices.
    interface DeviceEvent extends Libvirt.VirDomainEventCallback {
        /// Something happened to a device.
        ///
        /// @param connection the connection
        /// @param domain which
        /// @param alias of the device
        /// @param opaque unused
        void callback(
                ConnectionPointer connection, DomainPointer domain, String alias, Pointer opaque);
    }

    /// Callback of life-cycle events.
    interface LifecycleEvent extends Libvirt.VirDomainEventCallback {
        /// Something happened to a domain.
        ///
        /// @param connection the connection
        /// @param domain which
        /// @param event `virDomainEventType`
        /// @param detail depends on the event
        /// @param opaque unused
        /// @return ignored
        int callback(
                ConnectionPointer connection,
                DomainPointer domain,
                int event,
                int detail,
                Pointer opaque);
    }
}
