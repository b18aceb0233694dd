package org.skyway.vswitch.tables;

/// How much a port may send; what is more is dropped. 0 as a rate is no limit, and as a burst a
/// usual one, as in Open vSwitch.
///
/// @param kbps thousands of bits a second
/// @param burstKbits thousands of bits at once
/// @param kpps thousands of packets a second
/// @param burstKpackets thousands of packets at once
public record Policing(long kbps, long burstKbits, long kpps, long burstKpackets) {
    /// No limit.
    public static final Policing NONE = new Policing(0, 0, 0, 0);

    private static final long USUAL_KBITS = 8000;
    private static final long USUAL_KPACKETS = 16;

    /// Has bursts be what they mean, and none if there is no rate.
    public Policing {
        burstKbits = kbps == 0 ? 0 : burstKbits == 0 ? USUAL_KBITS : burstKbits;
        burstKpackets = kpps == 0 ? 0 : burstKpackets == 0 ? USUAL_KPACKETS : burstKpackets;
    }
}
