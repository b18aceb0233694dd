package org.skyway.vswitch.pipeline;

import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;

/// Which port a MAC address was last seen at, for each VLAN: the memory of a learning switch.
/// Thread-safe.
public final class MacTable {
    /// Seconds after which an address that sends nothing is forgotten, as in Open vSwitch.
    public static final int AGEING_SECONDS = 300;

    /// Most addresses that are kept, as in Open vSwitch.
    public static final int MAX_ENTRIES = 8192;

    private final ConcurrentHashMap<Long, Entry> entries = new ConcurrentHashMap<>();

    /// An empty table.
    public MacTable() {}

    /// One learned address.
    public static final class Entry {
        private final int port;
        private volatile long seenNanos;

        private Entry(int port, long seenNanos) {
            this.port = port;
            this.seenNanos = seenNanos;
        }

        /// Where it was seen.
        ///
        /// @return the port's number
        public int port() {
            return port;
        }

        /// Notes that it sent something.
        ///
        /// @param nowNanos [System#nanoTime]
        public void refresh(long nowNanos) {
            // A write for each burst would bounce the line between poll threads for nothing.
            if (nowNanos - seenNanos > 1_000_000_000L) {
                seenNanos = nowNanos;
            }
        }
    }

    /// Notes where an address is.
    ///
    /// @param vlan 0 to 4095
    /// @param mac 48 bits
    /// @param port where it was seen
    /// @param nowNanos [System#nanoTime]
    /// @return whether that is news: what was decided with the old table no longer holds
    public boolean learn(int vlan, long mac, int port, long nowNanos) {
        if ((mac & 0x0100_0000_0000L) != 0) {
            return false; // a group address sends nothing
        }
        Entry old = entries.get(key(vlan, mac));
        if (old != null && old.port == port) {
            old.refresh(nowNanos);
            return false;
        }
        if (old == null && entries.size() >= MAX_ENTRIES) {
            return false;
        }
        entries.put(key(vlan, mac), new Entry(port, nowNanos));
        return true;
    }

    /// Where an address is.
    ///
    /// @param vlan 0 to 4095
    /// @param mac 48 bits
    /// @return its entry, or null if it is not known
    public Entry find(int vlan, long mac) {
        return entries.get(key(vlan, mac));
    }

    /// Forgets addresses that have sent nothing for [#AGEING_SECONDS].
    ///
    /// @param nowNanos [System#nanoTime]
    /// @return whether any was forgotten
    public boolean expire(long nowNanos) {
        boolean any = false;
        for (Iterator<Entry> i = entries.values().iterator(); i.hasNext(); ) {
            if (nowNanos - i.next().seenNanos > AGEING_SECONDS * 1_000_000_000L) {
                i.remove();
                any = true;
            }
        }
        return any;
    }

    /// Forgets what was learned at a port.
    ///
    /// @param port its number
    public void forgetPort(int port) {
        entries.values().removeIf(e -> e.port == port);
    }

    private static long key(int vlan, long mac) {
        return (long) vlan << 48 | mac;
    }
}
