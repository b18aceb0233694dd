package org.skyway.pmd.control;

import java.io.IOException;
import org.skyway.bypass.control.ControlChannel;

/// How the control messages of a port travel.
public sealed interface ControlTransport permits UnixTransport, VirtioSerialTransport {
    /// Opens a channel to the switch.
    ///
    /// @return the channel, to say hello on
    /// @throws IOException if there is no switch, or the channel can't be opened
    ControlChannel open() throws IOException;

    /// Waits until a switch may have taken the place of the one that is gone. May return too early.
    ///
    /// @throws IOException if the channel can't be opened
    /// @throws InterruptedException if interrupted while waiting
    void awaitSwitch() throws IOException, InterruptedException;

    /// Whether this is a guest. There the switch makes a port's region anew in the same memory, and
    /// the driver must be off it by then; a process gets another region.
    ///
    /// @return true in a guest
    boolean inGuest();

    /// What a hello says so that this user may have the port.
    ///
    /// @return the port's secret; null for none
    default String secret() {
        return null;
    }

    /// Which process a hello names.
    ///
    /// @return this process, or 0 in a guest
    default long pid() {
        return inGuest() ? 0 : ProcessHandle.current().pid();
    }
}
