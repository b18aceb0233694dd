package org.skyway.experiments.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.vm.host.PrivateLibvirt;

/// Some of the rows of `skyway experiment faults`, which has them all;
/// `-Dskyway.faults.only=killed,stopped` names others.
@Timeout(900)
class FaultsIT {
    private static final String ONLY =
            System.getProperty(
                    "skyway.faults.only",
                    "killed at: tx marked,stopped for 3 s at: tx told,killed at: rx ended,region:"
                            + " file is missing,file system of regions,libvirt: hangs for 3 s");

    @Test
    void linkThatGoesWrongHarmsNobodyAndComesBack() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ovs-ofctl")),
                "ovs-ofctl is missing; apt-get install openvswitch-common");
        assumeTrue(
                PrivateLibvirt.missing() == null, () -> "guests need: " + PrivateLibvirt.missing());
        Path chronicle = Files.createTempFile("skyway-faults-", ".log");
        Verdicts verdicts = FaultsRun.run(List.of(ONLY.split(",")), chronicle, System.out);
        assertEquals("", verdicts.complaints(), () -> "see " + chronicle);
        Files.delete(chronicle);
    }
}
