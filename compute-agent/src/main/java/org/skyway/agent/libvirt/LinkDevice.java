package org.skyway.agent.libvirt;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.skyway.bypass.control.ControlMessage.RegionRef;

/// A link region as a device of a domain. A role of `peer`, which is the default, keeps the machine
/// from being migrated or saved as long as the device is there, and that is right: the other end of
/// the link stays behind.
final class LinkDevice {
    /// What the aliases of our devices begin with; libvirt wants `ua-` before those of users.
    static final String ALIAS_PREFIX = "ua-skyway-link-";

    /// Where QEMU looks for the memory of ivshmem devices.
    private static final Path SHM = Path.of("/dev/shm");

    private LinkDevice() {}

    static String alias(RegionRef region) {
        return ALIAS_PREFIX + Long.toHexString(region.regionId());
    }

    /// The XML to plug it in with.
    ///
    /// @throws IOException if the region can't be a device; QEMU itself would end the machine over
    ///   a size that is no power of two
    static String xml(RegionRef region) throws IOException {
        if (region.sizeBytes() < 4096 || Long.bitCount(region.sizeBytes()) != 1) {
            throw new IOException(
                    "region %s of %d bytes can't be a PCI device; that takes a power of two of at least 4096"
                            .formatted(region.path(), region.sizeBytes()));
        }
        return """
        <shmem name='%s'>
          <model type='ivshmem-plain'/>
          <size unit='KiB'>%d</size>
          <alias name='%s'/>
        </shmem>
        """
                .formatted(name(region), region.sizeBytes() / 1024, alias(region));
    }

    /// Makes the region's file what QEMU may open: in its directory, and accessible to its group.
    static void share(RegionRef region, OptionalInt qemuGroup) throws IOException {
        Path file = Path.of(region.path());
        if (qemuGroup.isPresent()) {
            int group = (Integer) Files.getAttribute(file, "unix:gid");
            if (group != qemuGroup.getAsInt()) {
                setGroup(file, qemuGroup.getAsInt());
            }
        }
        if (!file.getParent().equals(SHM)) {
            // On huge pages: QEMU follows a link to there.
            try {
                Files.createSymbolicLink(SHM.resolve(file.getFileName()), file);
            } catch (FileAlreadyExistsException e) {
                return;
            }
        }
    }

    /// Takes back what [#share] added.
    static void unshare(RegionRef region) throws IOException {
        Path file = Path.of(region.path());
        if (!file.getParent().equals(SHM)) {
            Files.deleteIfExists(SHM.resolve(file.getFileName()));
        }
    }

    private static void setGroup(Path file, int group) throws IOException {
        try {
            Files.setAttribute(file, "unix:gid", group);
        } catch (IOException e) {
            throw new IOException(
                    "can't give region %s to group %d, which QEMU runs as (%s); run the agent as root, or as that user"
                            .formatted(file, group, e.getMessage()),
                    e);
        }
    }

    private static String name(RegionRef region) {
        return Path.of(region.path()).getFileName().toString();
    }
}
