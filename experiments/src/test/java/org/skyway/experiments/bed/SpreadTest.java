package org.skyway.experiments.bed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void quartilesLieBetweenTheValues() {
        assertEquals(new Spread(1, 2, 3, 4, 5), Spread.of(DoubleStream.of(5, 1, 4, 2, 3)));
        assertEquals(new Spread(1, 1.75, 2.5, 3.25, 4), Spread.of(DoubleStream.of(4, 3, 2, 1)));
        assertEquals(new Spread(7, 7, 7, 7, 7), Spread.of(DoubleStream.of(7)));
        assertThrows(IllegalArgumentException.class, () -> Spread.of(DoubleStream.empty()));
    }
}
