package org.skyway.vswitch.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.OfPort;

class SpreadingTest {
    private static final int FLOWS = 100_000;

    @Test
    void bucketsAreSelectedInProportionToTheirWeights() {
        int[] weights = {1, 1, 2, 0, 12};
        List<GroupEntry.Bucket> buckets =
                java.util.Arrays.stream(weights)
                        .mapToObj(w -> new GroupEntry.Bucket(w, w, OfPort.ANY, -1, List.of()))
                        .toList();
        int[] chosen = new int[weights.length];
        for (long flow = 0; flow < FLOWS; flow++) {
            chosen[Spreading.select(buckets, List.of(0, 1, 2, 4), Spreading.mix(flow))]++;
        }
        for (int i = 0; i < weights.length; i++) {
            assertEquals(weights[i] / 16.0, chosen[i] / (double) FLOWS, 0.01, "bucket " + i);
        }
    }

    @Test
    void bucketThatGoesAwayTakesOnlyItsOwnFlowsAlong() {
        List<GroupEntry.Bucket> all =
                List.of(
                        new GroupEntry.Bucket(1, 3, OfPort.ANY, -1, List.of()),
                        new GroupEntry.Bucket(2, 5, OfPort.ANY, -1, List.of()),
                        new GroupEntry.Bucket(3, 7, OfPort.ANY, -1, List.of()));
        for (long flow = 0; flow < 1000; flow++) {
            int before = Spreading.select(all, List.of(0, 1, 2), flow);
            int after = Spreading.select(all, List.of(0, 1), flow);
            assertEquals(before == 2 ? after : before, after);
        }
    }
}
