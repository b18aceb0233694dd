package org.skyway.agent;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.slf4j.LoggerFactory;

/// The switch as an agent sees it. Called on the agent's threads; must not block them.
public interface PortHost {
    /// A VNF's driver has introduced itself.
    ///
    /// @param port the port it claims to drive
    /// @param pid its process, or 0 if it is in a virtual machine
    /// @param program what it is, for people
    /// @return the port's region, made ready for a new driver; fails with an [AgentException] if
    ///   there is no such port or another VNF has it. A virtual machine has had the region from its
    ///   start, so it gets the same again, made anew
    CompletionStage<RegionRef> vnfConnected(String port, long pid, String program);

    /// What a driver that has come back is to use.
    ///
    /// @param region the port's region
    /// @param links the link regions that it has mapped, by slot; none if it begins anew
    record Returned(RegionRef region, Map<Integer, RegionRef> links) {}

    /// A driver that has a port region has introduced itself. A switch that has found the regions
    /// of the one before it has it keep that, with all its links.
    ///
    /// @param port the port it claims to drive
    /// @param pid its process
    /// @param program what it is, for people
    /// @param regionId of the region that it has
    /// @return the port's region: that one, or one made ready for a new driver; fails with an
    ///   [AgentException] if there is no such port or another VNF has it, and for a virtual machine
    ///   that can't keep its own: that is made anew in the same place, so the driver has to leave
    ///   it before
    CompletionStage<Returned> vnfReturned(String port, long pid, String program, long regionId);

    /// A driver has introduced itself.
    ///
    /// @param port the port it claims to drive
    /// @param pid its process, or 0 if it is in a virtual machine
    /// @param program what it is, for people
    /// @param regionId of the region that it has; null for none
    /// @return see [#vnfConnected] and [#vnfReturned]
    default CompletionStage<Returned> vnfArrived(
            String port, long pid, String program, Long regionId) {
        return regionId == null
                ? vnfConnected(port, pid, program)
                        .thenApply(region -> new Returned(region, Map.of()))
                : vnfReturned(port, pid, program, regionId);
    }

    /// Whether it has only begun, and does not know yet which ports it is to have: a driver that
    /// comes back is in time all the same, and waits for as long as that takes.
    ///
    /// @return false from some time on
    default boolean isBeginning() {
        return false;
    }

    /// The driver has been told of its region: what it is sent from now on arrives after that.
    ///
    /// @param port the port it drives
    default void vnfReady(String port) {}

    /// A VNF's machine was paused or runs again. A paused VNF is not gone: it neither sends nor
    /// receives nor obeys, and goes on later as if nothing had happened.
    ///
    /// @param port the port it drives
    /// @param paused whether it is paused now
    default void vnfPaused(String port, boolean paused) {}

    /// A step of plugging a link into a VNF was taken, for the record.
    ///
    /// @param port the VNF's port
    /// @param link the link's name
    /// @param step `plugged` when the machine has the device, `mapped` when the driver is ready
    default void linkStep(String port, String link, String step) {}

    /// A VNF's driver says, unasked, that something is wrong with a link: its ring holds what can't
    /// be.
    ///
    /// @param port the port it drives
    /// @param slot the link's slot at that port, or -1 if the driver does not say
    /// @param reason which link, and what was found
    default void vnfReported(String port, int slot, String reason) {}

    /// Somebody who wants to be a VNF, or is one, was refused or does what a VNF does not do. At
    /// most a few a second, whatever they do.
    ///
    /// @param port the port that they want or have; `?` if they have not said
    /// @param what who was refused what, and why
    default void trouble(String port, String what) {}

    /// Something went wrong inside the agent, and was survived.
    ///
    /// @param where which part dropped what, a constant
    /// @param error what was thrown
    default void fault(String where, Throwable error) {
        LoggerFactory.getLogger(PortHost.class).error(where, error);
    }

    /// A VNF is gone: its process ended, its machine stopped, or its driver does not answer.
    ///
    /// @param port the port it drove
    /// @param reason what was seen
    void vnfDisconnected(String port, String reason);
}
