package org.skyway.agent.libvirt;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// The regions that domains are defined with, whether or not they run.
public final class DefinedRegions {
    private static final int ALL = 0; // virConnectListAllDomains without a filter
    private static final int INACTIVE_XML = 2; // VIR_DOMAIN_XML_INACTIVE

    private DefinedRegions() {}

    /// Asks libvirt.
    ///
    /// @param uri like `qemu:///system`
    /// @return names of files in `/dev/shm`
    /// @throws IOException if libvirt can't be asked
    public static Set<String> names(String uri) throws IOException {
        try {
            Connect.setErrorCallback((_, _) -> {});
            Connect connection = new Connect(uri, true);
            try {
                Set<String> names = new HashSet<>();
                for (Domain domain : connection.listAllDomains(ALL)) {
                    for (int flags : new int[] {0, INACTIVE_XML}) {
                        GuestDescription.parse(domain.getXMLDesc(flags))
                                .memories()
                                .forEach(memory -> names.add(memory.name()));
                    }
                    domain.free();
                }
                return names;
            } finally {
                connection.close();
            }
        } catch (LibvirtException | LinkageError e) {
            throw new IOException("can't ask libvirt at " + uri + ": " + e.getMessage(), e);
        }
    }
}
