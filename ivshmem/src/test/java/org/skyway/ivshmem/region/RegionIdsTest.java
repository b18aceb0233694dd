package org.skyway.ivshmem.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegionIdsTest {
    @Test
    void noTwoOfManySwitchesAreTheSame() {
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            RegionIds ids = new RegionIds();
            for (int j = 0; j < 100; j++) {
                long id = ids.next();
                assertTrue(id > 0);
                seen.add(id);
            }
        }
        assertEquals(10_000, seen.size());
    }
}
