package org.skyway.vswitch.daemon;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.skyway.agent.libvirt.DefinedRegions;
import org.skyway.ivshmem.region.Leftovers;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.config.SwitchConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The regions of virtual machines' ports outlive their switch for the machines that have them.
/// Those that none has are removed: when the switch ends, and when one starts after another was
/// killed.
final class LastingLeftovers {
    private static final Logger LOG = LoggerFactory.getLogger(LastingLeftovers.class);

    private LastingLeftovers() {}

    /// Removes what no process has mapped and no machine is defined with. Where that can't be found
    /// out, all stay.
    ///
    /// @param store the switch's, whose own mappings are closed
    static void remove(RegionStore store, SwitchConfig config) {
        if (!config.machines() || store.lasting().isEmpty()) {
            return;
        }
        List<Leftovers.File> unused = new ArrayList<>();
        try {
            Set<String> named = DefinedRegions.names(config.libvirtUri());
            for (Leftovers.File file : Leftovers.ofThisHost().find(named, Duration.ZERO)) {
                if (file.use() == null && store.lasting().contains(file.path())) {
                    unused.add(file);
                }
            }
            for (Leftovers.File file : unused) {
                Leftovers.remove(file);
            }
        } catch (IOException e) {
            LOG.info(
                    "the regions of machines' ports stay, used or not: {}; `skyway ctl leftovers` shows them",
                    e.getMessage());
        }
        if (!unused.isEmpty()) {
            LOG.info("removed regions that no machine has: {}", unused);
        }
    }
}
