package org.skyway.ivshmem.sys;

import java.io.IOException;

/// A network interface of the host that this process has open, for whoever looks at it or sets it
/// up. Any thread; [IllegalStateException] once it is closed.
public sealed interface HostInterface permits PacketSocket, TapDevice {
    /// What the kernel says of it. A few short system calls.
    ///
    /// @return as of now
    InterfaceFacts facts();

    /// Brings it up or takes it down, for the whole host.
    ///
    /// @param up whether it is to be up
    /// @throws IOException if it is not here, or the process may not
    void setAdminUp(boolean up) throws IOException;

    /// Its MTU.
    ///
    /// @return bytes, without the Ethernet header
    /// @throws IOException if it is not here
    int mtu() throws IOException;

    /// Gives it another MTU.
    ///
    /// @param bytes how many
    /// @throws IOException if it can't have that, or is not here, or the process may not
    void setMtu(int bytes) throws IOException;

    /// Who drives it, as the driver says it.
    ///
    /// @return name, version and firmware's version, each possibly empty; null if it does not say
    String[] driver();

    /// Which one it is.
    ///
    /// @return its index in its network namespace
    int ifindex();

    /// The file that frames are received from.
    ///
    /// @return its number, the same until it is closed
    int descriptor();
}
