package org.skyway.experiments.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.skyway.experiments.report.Conditions;

class StageRatesTest {
    private static final StageRates RATES = new StageRates("x", 20, 12, 8, Conditions.UNKNOWN);

    @Test
    void twoVnfsHaveNoForwarder() {
        assertEquals(20, RATES.past(2));
        assertEquals(8, RATES.through(2));
    }

    @Test
    void theSlowestStageIsTheBound() {
        assertEquals(12, RATES.past(5));
        assertEquals(2, RATES.through(5));
    }

    @Test
    void whatWasNotMeasuredBindsNothing() {
        StageRates ovs = new StageRates("x", Double.NaN, Double.NaN, 4, Conditions.UNKNOWN);
        assertEquals(4, ovs.through(2));
        assertEquals(1, ovs.through(5));
    }
}
