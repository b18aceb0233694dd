package org.skyway.experiments.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.vm.image.DebianPackages;
import org.skyway.experiments.vm.image.GuestImage;
import org.skyway.experiments.yardstick.CProgram;

/// Where Open vSwitch with DPDK is: installed, or unpacked from Debian's package into the cache,
/// because installing it would replace the `ovs-vswitchd` that others use.
final class OvsPackage {
    static final String PACKAGE = "openvswitch-switch-dpdk";
    private static final Path DAEMON = Path.of("usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk");

    private OvsPackage() {}

    /// What is missing to find it.
    ///
    /// @return null if nothing is, else what, and what to do
    static String obstacle() {
        for (String program :
                new String[] {"ovsdb-server", "ovsdb-tool", "ovs-vsctl", "ovs-ofctl"}) {
            if (!CProgram.onPath(program) && !Files.isExecutable(Path.of("/usr/sbin", program))) {
                return program + " is missing; apt-get install openvswitch-switch";
            }
        }
        return Files.isExecutable(Path.of("/").resolve(DAEMON)) || CProgram.onPath("apt-get")
                ? null
                : "Open vSwitch with DPDK is missing; install your distribution's package of it";
    }

    static Path daemon() {
        Path installed = Path.of("/").resolve(DAEMON);
        if (Files.isExecutable(installed)) {
            return installed;
        }
        try {
            Path cache = GuestImage.defaultCache().resolve("packages");
            return new DebianPackages(cache).unpacked(PACKAGE).resolve(DAEMON);
        } catch (IOException e) {
            throw new ExperimentException(
                    "can't get %s: %s; apt-get update, or leave ovs-dpdk out of --compare"
                            .formatted(PACKAGE, e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }
}
