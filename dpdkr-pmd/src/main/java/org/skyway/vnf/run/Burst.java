package org.skyway.vnf.run;

/// Room for one burst of packets, and how far it has been dealt with.
public final class Burst {
    /// Where each packet is.
    public final long[] addresses;

    /// Its length in bytes.
    public final int[] lengths;

    /// Index of the first that is not dealt with yet.
    public int from;

    /// Index behind the last.
    public int to;

    /// An empty burst.
    ///
    /// @param capacity packets at most
    public Burst(int capacity) {
        addresses = new long[capacity];
        lengths = new int[capacity];
    }

    /// Whether all packets were dealt with.
    ///
    /// @return true if so
    public boolean isEmpty() {
        return from == to;
    }
}
