package org.skyway.experiments.bypass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.hostile.RawVnf;
import org.skyway.ivshmem.region.Memory;

/// A VNF that comes and goes takes no more of the machine than one that stays.
@Timeout(60)
class ReconnectingVnfTest {
    private static final int HEAD_OFFSET = 256;

    @Test
    void ringThatLooksFullForEverKeepsNoRegionOnceThePortHasAnotherVnf() throws Exception {
        try (SwitchBed bed = new SwitchBed(2)) {
            for (int i = 0; i < 20; i++) {
                try (RawVnf vnf = RawVnf.open(bed.directory(), "vnf1")) {
                    long ring = vnf.region().address() + vnf.header().firstRing();
                    Memory.putLongRelease(ring + HEAD_OFFSET, 12345);
                }
            }
            bed.await(
                    () -> {
                        try {
                            return bed.regionFiles().size() <= 1; // that of the last
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    "end of old regions");
        }
    }
}
