package org.skyway.agent;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skyway.bypass.control.ControlMessage.RegionRef;

/// Plugs regions into VNFs. Methods may be called on any thread and return at once; the stages
/// complete on a thread of the agent's.
public interface Agent extends AutoCloseable {
    /// Makes a link region available to the VNF of a port, and its driver ready to use it.
    ///
    /// @param port the port's name
    /// @param slot which of the port's slots it takes
    /// @param region the region on this host
    /// @param sideA whether the VNF is side A of the link
    /// @param link the link's name, for messages
    /// @return completes when the driver has mapped it; fails with an [AgentException] that says
    ///   why
    CompletionStage<Void> attach(
            String port, int slot, RegionRef region, boolean sideA, String link);

    /// Has the driver unmap a link region, and takes it away from the VNF.
    ///
    /// @param port the port's name
    /// @param slot which
    /// @return completes when the VNF can't touch the region any more; a VNF that is gone completes
    ///   it
    CompletionStage<Void> detach(String port, int slot);

    /// Gives a VNF up that does not do what it must. [PortHost#vnfDisconnected] follows if it was
    /// there.
    ///
    /// @param port the port it drives
    /// @param reason what it did not do
    void drop(String port, String reason);

    /// Tells the driver of a port whether the port is switched on, if there is one and it wants to
    /// know.
    ///
    /// @param port the port's name
    /// @param up false if it was switched off, for instance by a port-mod
    default void administer(String port, boolean up) {}

    /// A port region that a virtual machine may be started with: makes it accessible to the
    /// hypervisor, before the machine exists.
    ///
    /// @param region on this host
    default void offer(RegionRef region) {}

    /// The virtual machines that have ports.
    ///
    /// @return completes with what is known of them; with nothing if the agent has none
    default CompletionStage<List<VmReport>> machines() {
        return CompletableFuture.completedFuture(List.of());
    }

    /// Ends all connections. Waits for the agent's threads.
    @Override
    void close();
}
