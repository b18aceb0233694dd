package org.skyway.ivshmem.sys;

/// What an interface can do at the moment.
public enum InterfaceState {
    /// Administratively up, with a carrier: frames pass.
    UP,
    /// Administratively up, but the cable is out or the peer is down. The kernel may tell up to a
    /// second late.
    NO_CARRIER,
    /// Administratively down.
    ADMIN_DOWN,
    /// The interface was removed, or went to another network namespace. It never comes back under
    /// the same index: close the socket, and open another when the name appears again.
    GONE
}
