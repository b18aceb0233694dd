package org.skyway.vswitch.tables;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/// Which port a MAC address was last seen at, for each VLAN: the memory of a learning switch.
///
/// Thread-safe. Who looks an address up, or sees one where it is known to be, takes no lock; who
/// learns one does. When there is no room for another, the address goes that was silent for longest
/// at the port that has the most, as in Open vSwitch: so a port that sends from ever new addresses
/// displaces its own.
public final class MacTable {
    /// Seconds after which an address that sends nothing is forgotten, as in Open vSwitch, unless
    /// told otherwise.
    public static final int AGEING_SECONDS = 300;

    /// Most addresses that are kept, as in Open vSwitch, unless told otherwise.
    public static final int MAX_ENTRIES = 8192;

    private static final long HOLD_NANOS = 5_000_000_000L; // as in Open vSwitch

    private final ConcurrentHashMap<Long, Entry> entries = new ConcurrentHashMap<>();
    private volatile LongConsumer listener = key -> {};
    private volatile long ageingNanos = AGEING_SECONDS * 1_000_000_000L;
    private volatile int mostEntries = MAX_ENTRIES;

    // Under the monitor from here.
    private final Map<Integer, PortEntries> ports = new HashMap<>();
    private final TreeSet<PortEntries> byUse =
            new TreeSet<>(
                    Comparator.comparingInt((PortEntries p) -> p.bySilence.size())
                            .thenComparingInt(p -> p.port));
    private long made; // entries, ever
    private Statistics statistics = Statistics.NONE;

    /// What became of addresses (`mac-learning.c`, counters of Open vSwitch).
    ///
    /// @param learned that were new
    /// @param expired that were silent for too long, or too many for a new limit
    /// @param evicted that another took the place of
    /// @param moved that were seen at another port than before
    public record Statistics(long learned, long expired, long evicted, long moved) {
        static final Statistics NONE = new Statistics(0, 0, 0, 0);

        private Statistics plus(int learn, int expire, int evict, int move) {
            return new Statistics(learned + learn, expired + expire, evicted + evict, moved + move);
        }
    }

    /// An empty table.
    public MacTable() {}

    /// Keeps bonds from taking an address away for 5 s, because it has announced itself elsewhere.
    ///
    /// @param vlan 0 to 4095
    /// @param mac 48 bits; nothing happens if it is not known
    /// @param nowNanos [System#nanoTime]
    public void hold(int vlan, long mac, long nowNanos) {
        Entry entry = entries.get(key(vlan, mac));
        if (entry != null) {
            long until = nowNanos + HOLD_NANOS;
            entry.heldNanos = until == 0 ? 1 : until;
        }
    }

    /// Has someone told of every address that is added, moved or removed, after the fact and by the
    /// thread that does it.
    ///
    /// @param told gets `vlan << 48 | mac`
    public void onChange(LongConsumer told) {
        listener = told;
    }

    /// Says how many addresses are kept, and for how long.
    ///
    /// @param seconds for how long one is that sends nothing; kept to 15 to 3600, as by Open
    ///   vSwitch
    /// @param most how many; kept to 10 to 1,000,000, as by Open vSwitch
    public void limits(int seconds, int most) {
        ageingNanos = Math.clamp(seconds, 15, 3600) * 1_000_000_000L;
        mostEntries = Math.clamp(most, 10, 1_000_000);
        List<Entry> tooMany = new ArrayList<>();
        synchronized (this) {
            while (entries.size() > mostEntries) {
                Entry evicted = byUse.last().longestSilent();
                drop(evicted);
                tooMany.add(evicted);
            }
            statistics = statistics.plus(0, tooMany.size(), 0, 0);
        }
        tooMany.forEach(e -> listener.accept(e.key));
    }

    /// How many addresses are kept at most.
    ///
    /// @return as of now
    public int mostEntries() {
        return mostEntries;
    }

    /// What was learned at a port.
    private static final class PortEntries {
        final int port;
        final TreeSet<Entry> bySilence =
                new TreeSet<>((a, b) -> {
                    int order = Long.signum(a.filedNanos - b.filedNanos);
                    return order != 0 ? order : Long.compare(a.number, b.number);
                });

        PortEntries(int port) {
            this.port = port;
        }

        // Those that were seen since they were filed are filed anew: it is not done when they are
        // seen, which is on a packet's way.
        Entry longestSilent() {
            while (true) {
                Entry first = bySilence.first();
                long seen = first.seenNanos;
                if (seen == first.filedNanos) {
                    return first;
                }
                bySilence.pollFirst();
                first.filedNanos = seen;
                bySilence.add(first);
            }
        }
    }

    /// One learned address.
    public static final class Entry {
        private final long key;
        private final int port;
        private final long number;
        private volatile long seenNanos;
        private volatile long heldNanos; // until when, by [System#nanoTime]; 0 for not at all
        private long filedNanos; // when it was seen, by its place among the port's

        private Entry(long key, int port, long number, long seenNanos) {
            this.key = key;
            this.port = port;
            this.number = number;
            this.seenNanos = seenNanos;
            filedNanos = seenNanos;
        }

        /// Where it was seen.
        ///
        /// @return the port's number, or the id of its [Bond]
        public int port() {
            return port;
        }

        /// Whether it has announced itself at a port that is in no bond a moment ago: then a bond
        /// that brings the same announcement brings it back.
        ///
        /// @param nowNanos [System#nanoTime]
        /// @return true for 5 s
        public boolean isHeld(long nowNanos) {
            long until = heldNanos;
            return until != 0 && nowNanos - until < 0;
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
    /// @param port where it was seen: a port's number, or the id of its [Bond]
    /// @param nowNanos [System#nanoTime]
    /// @return whether that is news: what was decided with the old table no longer holds
    public boolean learn(int vlan, long mac, int port, long nowNanos) {
        if ((mac & 0x0100_0000_0000L) != 0) {
            return false; // a group address sends nothing
        }
        long key = key(vlan, mac);
        if (isKnown(key, port, nowNanos)) {
            return false;
        }
        Entry evicted = null;
        synchronized (this) {
            if (isKnown(key, port, nowNanos)) {
                return false;
            }
            Entry old = entries.get(key);
            if (old != null) {
                drop(old);
            } else if (entries.size() >= mostEntries) {
                evicted = byUse.last().longestSilent();
                drop(evicted);
            }
            boolean moved = old != null;
            statistics = statistics.plus(moved ? 0 : 1, 0, evicted == null ? 0 : 1, moved ? 1 : 0);
            Entry entry = new Entry(key, port, made++, nowNanos);
            entry.heldNanos = moved ? old.heldNanos : 0;
            file(entry);
        }
        if (evicted != null) {
            listener.accept(evicted.key);
        }
        listener.accept(key);
        return true;
    }

    private boolean isKnown(long key, int port, long nowNanos) {
        Entry entry = entries.get(key);
        if (entry == null || entry.port != port) {
            return false;
        }
        entry.refresh(nowNanos);
        return true;
    }

    private void file(Entry entry) {
        PortEntries at = ports.computeIfAbsent(entry.port, PortEntries::new);
        byUse.remove(at);
        at.bySilence.add(entry);
        byUse.add(at);
        entries.put(entry.key, entry);
    }

    private void drop(Entry entry) {
        entries.remove(entry.key);
        PortEntries at = ports.get(entry.port);
        byUse.remove(at);
        at.bySilence.remove(entry);
        if (at.bySilence.isEmpty()) {
            ports.remove(entry.port);
        } else {
            byUse.add(at);
        }
    }

    /// Where an address is.
    ///
    /// @param vlan 0 to 4095
    /// @param mac 48 bits
    /// @return its entry, or null if it is not known
    public Entry find(int vlan, long mac) {
        return entries.get(key(vlan, mac));
    }

    /// Forgets addresses that have sent nothing for too long.
    ///
    /// @param nowNanos [System#nanoTime]
    /// @return whether any was forgotten
    public boolean expire(long nowNanos) {
        List<Entry> gone = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (nowNanos - entry.seenNanos > ageingNanos) {
                gone.add(entry);
            } else if (entry.heldNanos != 0 && !entry.isHeld(nowNanos)) {
                entry.heldNanos = 0;
                listener.accept(entry.key); // what was decided meanwhile no longer holds
            }
        }
        int dropped = forget(gone);
        synchronized (this) {
            statistics = statistics.plus(0, dropped, 0, 0);
        }
        return dropped > 0;
    }

    /// Forgets what was learned at a port.
    ///
    /// @param port its number, or the id of a [Bond]
    public void forgetPort(int port) {
        List<Entry> gone;
        synchronized (this) {
            PortEntries at = ports.get(port);
            gone = at == null ? List.of() : List.copyOf(at.bySilence);
        }
        forget(gone);
    }

    private int forget(List<Entry> gone) {
        List<Entry> dropped = new ArrayList<>(gone.size());
        synchronized (this) {
            for (Entry entry : gone) {
                if (entries.get(entry.key) == entry) { // not moved or evicted meanwhile
                    drop(entry);
                    dropped.add(entry);
                }
            }
        }
        for (Entry entry : dropped) {
            listener.accept(entry.key);
        }
        return dropped.size();
    }

    /// What became of addresses.
    ///
    /// @return since the beginning, or [#clearStatistics]
    public synchronized Statistics statistics() {
        return statistics;
    }

    /// Has that begin anew.
    public synchronized void clearStatistics() {
        statistics = Statistics.NONE;
    }

    /// How many addresses are known.
    ///
    /// @return [#mostEntries] or less
    public int size() {
        return entries.size();
    }

    /// A learned address.
    ///
    /// @param port where it was seen: a port's number, or the id of its [Bond]
    /// @param vlan 0 to 4095
    /// @param mac 48 bits
    /// @param silentNanos how long ago that was
    public record Known(int port, int vlan, long mac, long silentNanos) {}

    /// All addresses that are known.
    ///
    /// @param nowNanos [System#nanoTime]
    /// @return in no order
    public List<Known> known(long nowNanos) {
        List<Known> all = new ArrayList<>();
        entries.forEach((key, e) ->
                all.add(
                        new Known(
                                e.port,
                                (int) (key >>> 48),
                                key & 0xffff_ffff_ffffL,
                                nowNanos - e.seenNanos)));
        return all;
    }

    /// Forgets all addresses.
    public void flush() {
        known(0).stream().map(Known::port).distinct().forEach(this::forgetPort);
    }

    /// What stands for an address in [#onChange] and wherever one is remembered.
    ///
    /// @param vlan 0 to 4095
    /// @param mac 48 bits
    /// @return `vlan << 48 | mac`
    public static long key(int vlan, long mac) {
        return (long) vlan << 48 | mac;
    }
}
