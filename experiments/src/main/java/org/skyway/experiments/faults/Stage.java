package org.skyway.experiments.faults;

import java.util.List;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.ivshmem.region.RunDirectory;

/// What a row's switch and VNFs run in. Rows of one stage share a switch.
enum Stage {
    /// Processes on this host.
    PROCESSES(),
    /// The switch is told of an agent that is not there.
    NO_AGENT("--agent", "service"),
    /// All of them have a small file system of their own for regions.
    SMALL_DISK("--ring-cells", "4096", "--link-cells", "16384"),
    /// The sender is in a virtual machine, under a libvirtd of this stage's own.
    LIBVIRT(),
    /// The same, with an agent in a process of its own, to which a relay is between.
    AGENT("--agent", "service");

    /// Of the small file system.
    static final int MEBIBYTES = 64;

    private final List<String> options;

    Stage(String... options) {
        this.options = List.of(options);
    }

    /// What the switch is told.
    List<String> options() {
        return options;
    }

    boolean hasGuest() {
        return this == LIBVIRT || this == AGENT;
    }

    /// Why it can't be had here.
    ///
    /// @return what it needs; null if it can
    String missing() {
        if (this == SMALL_DISK && RunDirectory.uid() != 0) {
            return "needs root, to mount a file system";
        }
        String guests = hasGuest() ? PrivateLibvirt.missing() : null;
        return guests == null ? null : "needs: " + guests;
    }

    /// What the switch is started by.
    List<String> within() {
        return this == SMALL_DISK
                ? List.of(
                        "unshare",
                        "--mount",
                        "--propagation",
                        "private",
                        "sh",
                        "-c",
                        // Regions are on huge pages where there are any.
                        "umount -a -t hugetlbfs; mount -t tmpfs -o size="
                                + MEBIBYTES
                                + "m regions /dev/shm && exec \"$@\"",
                        "sh")
                : List.of();
    }
}
