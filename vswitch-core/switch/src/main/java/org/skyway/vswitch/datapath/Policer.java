package org.skyway.vswitch.datapath;

import org.skyway.vswitch.tables.Policing;

/// Two token buckets for what a port sends, bits and packets: who finds one of them empty is
/// dropped. Belongs to the thread that receives from the port.
final class Policer {
    private static final long LONGEST_NANOS = 60_000_000_000L; // fills any bucket of a sane burst

    private final Policing policing;
    private final double mostBits;
    private final double mostPackets;
    private double bits;
    private double packets;
    private long filledNanos;

    /// @param nowNanos [System#nanoTime]
    Policer(Policing policing, long nowNanos) {
        this.policing = policing;
        mostBits = policing.burstKbits() * 1e3;
        mostPackets = policing.burstKpackets() * 1e3;
        bits = mostBits;
        packets = mostPackets;
        filledNanos = nowNanos;
    }

    /// Leaves out packets that are too many.
    ///
    /// @param addresses where each is; those that stay come to the front
    /// @param lengths likewise
    /// @param count how many
    /// @param nowNanos [System#nanoTime]
    /// @return how many stay
    int admit(long[] addresses, int[] lengths, int count, long nowNanos) {
        final double nanos = Math.clamp(nowNanos - filledNanos, 0, LONGEST_NANOS);
        filledNanos = nowNanos;
        bits = Math.min(mostBits, bits + nanos * policing.kbps() * 1e-6);
        packets = Math.min(mostPackets, packets + nanos * policing.kpps() * 1e-6);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            final double size = policing.kbps() == 0 ? 0 : lengths[i] * 8.0;
            final double one = policing.kpps() == 0 ? 0 : 1;
            if (size <= bits && one <= packets) {
                bits -= size;
                packets -= one;
                addresses[kept] = addresses[i];
                lengths[kept++] = lengths[i];
            }
        }
        return kept;
    }
}
