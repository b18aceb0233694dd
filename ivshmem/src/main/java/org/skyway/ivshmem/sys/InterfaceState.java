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
    /// Somebody has moved it to another network namespace, as is done with ports of containers and
    /// routers. Frames pass as it is set there, which can't be asked from here. Only of a
    /// [TapDevice], whose other end it stays.
    ELSEWHERE,
    /// The interface was removed, or, if this process has not made it, went to another network
    /// namespace. It never comes back under the same index: see [PacketSocket#attachAgain].
    GONE;

    private static final int IFF_UP = 1;
    private static final int IFF_RUNNING = 0x40;

    /// The state that flags of netdevice(7) tell of.
    static InterfaceState ofFlags(int flags) {
        if ((flags & IFF_UP) == 0) {
            return ADMIN_DOWN;
        }
        return (flags & IFF_RUNNING) == 0 ? NO_CARRIER : UP;
    }

    /// Whether it can be asked and told things.
    ///
    /// @return false if it is in another network namespace or in none
    public boolean isHere() {
        return this != ELSEWHERE && this != GONE;
    }
}
