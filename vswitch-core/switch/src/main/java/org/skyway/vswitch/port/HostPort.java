package org.skyway.vswitch.port;

import org.skyway.ivshmem.sys.HostInterface;

/// A port that is an interface of the host.
public sealed interface HostPort extends AutoCloseable permits NetdevPort, TapPort {
    /// The interface.
    ///
    /// @return for facts about it; packets belong to the poll threads
    HostInterface device();

    /// Lets go of it. No poll thread may use the port any more.
    @Override
    void close();
}
