package org.skyway.experiments.figures;

import java.util.List;
import org.skyway.experiments.process.Program;

/// A way that packets take from one end to the other and back, up and running.
interface Way {
    /// Its name in tables and on plots.
    String path();

    /// Makes packets go this way from now on.
    void select();

    /// Lets both ends send flat out.
    ///
    /// @param settleSeconds before it counts
    /// @param seconds that count
    /// @return Mpps that arrive at an end, mean of both ends
    double mpps(double settleSeconds, double seconds);

    /// All programs that have a part in it.
    List<Program> programs();

    /// Those that poll though nothing comes.
    List<Program> pollers();
}
