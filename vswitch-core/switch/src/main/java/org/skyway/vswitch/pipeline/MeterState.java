package org.skyway.vswitch.pipeline;

import org.skyway.openflow.message.Meter;

/// A meter at work: token buckets, one for each band (OpenFlow 1.3.5, "Meters"; the arithmetic of
/// Open vSwitch's user space datapath). Poll threads share it, so each packet of a metered flow
/// takes its monitor, which nobody else wants when one thread polls; other flows never come here.
public final class MeterState {
    /// What [#admit] returns for a packet that goes on as it is.
    public static final int PASS = 0;

    /// What [#admit] returns for a packet that is to be dropped.
    public static final int DROP = -1;

    private static final int KBPS = 1;
    private static final int BURST = 1 << 2;
    private static final int BAND_DROP = 1;

    private final Meter meter;
    private final long[] tokens; // thousandths of a packet, or bits
    private final long[] bandPackets;
    private final long[] bandBytes;
    private long packets;
    private long bytes;
    private long lastMillis;

    /// A meter with full buckets.
    ///
    /// @param meter its configuration
    /// @param nowNanos [System#nanoTime]
    public MeterState(Meter meter, long nowNanos) {
        this.meter = meter;
        tokens = new long[meter.bands().size()];
        bandPackets = new long[tokens.length];
        bandBytes = new long[tokens.length];
        lastMillis = nowNanos / 1_000_000;
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = capacity(i);
        }
    }

    private long capacity(int band) {
        Meter.Band b = meter.bands().get(band);
        long burst = (meter.flags() & BURST) != 0 ? b.burstSize() & 0xffff_ffffL : 0;
        return (burst == 0 ? b.rate() & 0xffff_ffffL : burst) * 1000;
    }

    /// Decides about a packet.
    ///
    /// @param length its length in bytes
    /// @param nowNanos [System#nanoTime]
    /// @return [#PASS], [#DROP], or by how much its drop precedence is to be raised
    public synchronized int admit(int length, long nowNanos) {
        packets++;
        bytes += length;
        long millis = nowNanos / 1_000_000;
        long elapsed = Math.max(0, millis - lastMillis);
        lastMillis = Math.max(lastMillis, millis);
        long volume = (meter.flags() & KBPS) != 0 ? length * 8L : 1000;
        int exceeded = -1;
        long highest = -1;
        for (int i = 0; i < tokens.length; i++) {
            long rate = meter.bands().get(i).rate() & 0xffff_ffffL;
            tokens[i] = Math.min(capacity(i), tokens[i] + elapsed * rate);
            if (tokens[i] >= volume) {
                tokens[i] -= volume;
            } else if (rate > highest) {
                exceeded = i;
                highest = rate;
            }
        }
        if (exceeded < 0) {
            return PASS;
        }
        bandPackets[exceeded]++;
        bandBytes[exceeded] += length;
        Meter.Band band = meter.bands().get(exceeded);
        return band.type() == BAND_DROP ? DROP : band.precedenceLevel();
    }

    /// Packets that came by.
    ///
    /// @return packets
    public synchronized long packets() {
        return packets;
    }

    /// Bytes that came by.
    ///
    /// @return bytes
    public synchronized long bytes() {
        return bytes;
    }

    /// Packets that a band did something to.
    ///
    /// @param band its place in the meter
    /// @return packets
    public synchronized long bandPackets(int band) {
        return bandPackets[band];
    }

    /// Bytes that a band did something to.
    ///
    /// @param band its place in the meter
    /// @return bytes
    public synchronized long bandBytes(int band) {
        return bandBytes[band];
    }
}
