/// The agent for VNFs in virtual machines under libvirt. A link region gets into a running machine
/// as a hot-plugged ivshmem device; its driver is told over a virtio-serial port.
///
/// Which domain has which port stands in the domain's metadata:
///
/// ```xml
/// <metadata>
///   <skyway:vnf xmlns:skyway="urn:skyway:vnf:1">
///     <skyway:port name="vnf1" channel="org.skyway.pmd.0"/>
///   </skyway:vnf>
/// </metadata>
/// ```
///
/// or in the agent's configuration. Every port has a `<channel>` of its own, so that the drivers of
/// a machine with two ports need not know of each other.
///
/// One thread, the control thread, has all state. Calls to libvirt block, so each domain has a
/// thread for them. The order that must never be broken: a driver unmaps a region and says so
/// before the device is unplugged, for a mapping that outlives its device writes into the next
/// device that is plugged; and a device is gone when libvirt has reported that it was removed or
/// its live description lacks it, not when the call to remove it returned.
package org.skyway.agent.libvirt;
