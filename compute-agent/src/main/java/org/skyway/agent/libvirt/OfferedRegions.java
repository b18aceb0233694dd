package org.skyway.agent.libvirt;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.bypass.control.ControlMessage.RegionRef;

/// The regions of the switch's ports, which domains may have as devices. Control thread.
final class OfferedRegions {
    private final List<RegionRef> offered = new ArrayList<>();

    void add(RegionRef region) {
        offered.add(region);
    }

    /// All of them.
    ///
    /// @return a copy
    List<RegionRef> all() {
        return List.copyOf(offered);
    }

    /// The one that a domain has as a device.
    ///
    /// @return null if it has none of this switch's
    RegionRef of(GuestDescription description) {
        for (RegionRef region : offered) {
            String name = Path.of(region.path()).getFileName().toString();
            if (description.memories().stream().anyMatch(m -> m.name().equals(name))) {
                return region;
            }
        }
        return null;
    }

    /// Says what is wrong with those that a guest has. Whoever writes a domain's XML writes the
    /// region's name and size into it, and QEMU does not mind if that is less than there is.
    void check(Guest guest) {
        for (RegionRef region : offered) {
            String wrong = PortRegions.problem(guest.name(), guest.description(), region);
            if (wrong != null) {
                LibvirtAgent.problem(guest, region.path(), wrong);
            } else {
                guest.solved(region.path());
            }
        }
    }
}
