package org.skyway.experiments.fuzz;

import java.util.Locale;

/// What is fuzzed.
enum FuzzTarget {
    OPENFLOW(OpenFlowFuzz.class, "org.skyway.openflow.**", 1024),
    FRAME(FrameFuzz.class, "org.skyway.openflow.packet.**:org.skyway.vnf.frame.**", 512),
    CONTROL(ControlFuzz.class, "org.skyway.bypass.control.**", 10_000), // a line may have 8,192
    PCAP(PcapFuzz.class, "org.skyway.vnf.pcap.**", 512),
    STATE(StateFuzz.class, "org.skyway.openflow.**:org.skyway.vswitch.state.**", 512);

    final Class<?> entry;
    final String instrumented;
    final int longestInput;

    FuzzTarget(Class<?> entry, String instrumented, int longestInput) {
        this.entry = entry;
        this.instrumented = instrumented;
        this.longestInput = longestInput;
    }

    String seeds() {
        return toString() + ".hex";
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
