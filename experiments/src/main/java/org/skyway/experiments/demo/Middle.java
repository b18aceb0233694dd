package org.skyway.experiments.demo;

import org.skyway.experiments.process.Program;

/// The VNF in the middle of the demo's chain: whatever it is, it passes everything on between vnf2
/// and vnf3.
sealed interface Middle extends AutoCloseable permits VnfView, TestpmdView {
    Program program();

    /// A number that the VNF counts at a port: `rxPackets` or `txPackets`.
    double at(String port, String field);

    /// Ends it; what it has counted stays known.
    void end();

    @Override
    void close();
}
