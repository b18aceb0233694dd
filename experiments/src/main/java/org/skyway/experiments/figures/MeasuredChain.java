package org.skyway.experiments.figures;

import java.util.List;

/// A chain of VNFs with a tester at each end, and the ways that packets can take through it.
interface MeasuredChain extends AutoCloseable {
    /// Those who send and receive.
    Ends ends();

    /// Both ways: through the switch, bypasses forbidden, and past it.
    List<Way> ways();

    /// Whether both ends read the same clock, so that the way from one to the other can be timed.
    boolean sharesClock();

    @Override
    void close();
}
