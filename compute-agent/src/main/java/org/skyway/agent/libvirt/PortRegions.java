package org.skyway.agent.libvirt;

import java.nio.file.Path;
import org.skyway.agent.libvirt.GuestDescription.Memory;
import org.skyway.bypass.control.ControlMessage.RegionRef;

/// Port regions as domains are given them, by whoever wrote their XML.
final class PortRegions {
    private static final long MEBIBYTE = 1 << 20;

    private PortRegions() {}

    /// What is wrong with how a domain has a port's region.
    ///
    /// @param domain the domain's name
    /// @param description its live XML
    /// @param region the region of some port, on the host
    /// @return a sentence; null if nothing is, or the port is not the domain's
    static String problem(String domain, GuestDescription description, RegionRef region) {
        String file = Path.of(region.path()).getFileName().toString();
        for (Memory memory : description.memories()) {
            if (memory.name().equals(file)) {
                return memory.mebibytes() < 0 || memory.mebibytes() == region.sizeBytes() / MEBIBYTE
                        ? null
                        : "domain %s has %d MiB of region %s%s, which has %d bytes, so its driver can't find it; write <size unit='KiB'>%d</size> into that <shmem> and start the domain anew"
                                .formatted(
                                        domain,
                                        memory.mebibytes(),
                                        file,
                                        port(description, file),
                                        region.sizeBytes(),
                                        region.sizeBytes() / 1024);
            }
        }
        String port = port(description, file);
        return port.isEmpty()
                ? null
                : "domain %s has no device with region %s%s; add <shmem name='%s' role='master'> with <size unit='KiB'>%d</size> to its XML and start it anew"
                        .formatted(domain, file, port, file, region.sizeBytes() / 1024);
    }

    private static String port(GuestDescription description, String file) {
        for (String port : description.ports().keySet()) {
            if (file.endsWith("-port-" + port)) {
                return " of port " + port;
            }
        }
        return "";
    }
}
