package org.skyway.vswitch.datapath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.pipeline.Translation;

/// What a poll thread knows of the pipeline's outcomes. Belongs to that thread.
///
/// A megaflow is used as long as it is valid: of the present epoch, and not killed by who knows
/// that a change of the tables ([Revalidator]) or of an address ([MacIndex]) may have touched it.
/// What is not valid, or was not used for [#IDLE_NANOS], is removed little by little ([#sweep]).
final class FlowCache {
    /// Megaflows a thread keeps; a bound on memory, not on flows.
    static final int MAX_MEGAFLOWS = 65536;

    /// How long one is kept that no packet meets, as in Open vSwitch.
    static final long IDLE_NANOS = 10_000_000_000L;

    private static final long SWEEP_NANOS = 1_000_000L;
    private static final int SWEPT = 16; // places in each step: all of them in four seconds
    private static final int MOST_STEPS = 8; // at once, of a thread that has rested
    private static final int SAMPLED = 16; // for eviction
    private static final long IN_PORT_MASK = 0xffff_ffff_0000_0000L;

    // Counters.
    private static final int PORT_HITS = 0;
    private static final int EXACT_HITS = 1;
    private static final int MEGAFLOW_HITS = 2;
    private static final int MISSES = 3;
    private static final int RECIRCULATION_HITS = 4;
    private static final int RECIRCULATION_MISSES = 5;
    private static final int TOUCHED = 6;
    private static final int IDLE = 7;
    private static final int EVICTED = 8;
    private static final int COUNTERS = 9;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final int thread;
    private final Datapath datapath;
    private final PacketParser parser = new PacketParser();
    // Registers that a packet has with it when it is read anew are not those of the next to arrive.
    private final PacketParser rereader = new PacketParser();
    private final ExactMatchCache exact = new ExactMatchCache();
    private final MegaflowTable first = new MegaflowTable();
    private final MegaflowTable recirculated = new MegaflowTable();
    private final LiveFlows live;
    private final long[] counted = new long[COUNTERS]; // opaque; only this thread adds
    private long epoch;
    private long now = System.nanoTime();
    private long sweptNanos = now;
    private int hand; // the place that is swept next

    FlowCache(int thread, Datapath datapath) {
        this(thread, datapath, MAX_MEGAFLOWS);
    }

    FlowCache(int thread, Datapath datapath, int capacity) {
        this.thread = thread;
        this.datapath = datapath;
        live = new LiveFlows(capacity);
    }

    /// Begins a pass: what was cached in another epoch is not used any more.
    ///
    /// @param nowNanos [System#nanoTime]
    void begin(long ofEpoch, long nowNanos) {
        epoch = ofEpoch;
        now = nowNanos;
        if (nowNanos - sweptNanos >= SWEEP_NANOS) {
            sweep();
        }
    }

    /// The megaflow of all of a port's packets.
    ///
    /// @param packets how many it is asked for
    /// @return null if there is none
    Megaflow only(RxPort rx, int packets) {
        Megaflow only = rx.only;
        if (only == null) {
            return null;
        }
        if (!only.isValid(epoch)) {
            rx.only = null;
            return null;
        }
        count(PORT_HITS, packets);
        return only;
    }

    /// What [#only] said was followed with more packets than it was asked for.
    void hit(int packets) {
        count(PORT_HITS, packets);
    }

    /// Finds out what to do with a packet that was received.
    ///
    /// @param packet address of a private copy
    /// @param length its length
    Megaflow classify(RxPort rx, long packet, int length) {
        int words = parser.parse(packet, length, rx.port.number());
        long[] key = parser.key();
        long tag = ExactMatchCache.hash(key, words);
        Megaflow flow = exact.find(tag, key, words, epoch);
        if (flow != null) {
            count(EXACT_HITS, 1);
            return flow;
        }
        flow = lookup(first, key, null);
        if (flow != null) {
            count(MEGAFLOW_HITS, 1);
        } else {
            count(MISSES, 1);
            flow = translate(null, key);
            Match match = flow.match;
            if (match.words() == 1 << FlowKey.IN_PORT
                    && match.mask(FlowKey.IN_PORT) == IN_PORT_MASK) {
                rx.only = flow;
            }
        }
        exact.put(tag, key, flow);
        return flow;
    }

    /// Finds out how to go on with a packet that is read anew, and counts it to what it runs
    /// through.
    ///
    /// @param rest what is left to do
    /// @param packet address of the packet as it is now
    /// @param length its length
    Megaflow classify(Frozen rest, long packet, int length) {
        rereader.parse(packet, length, rest.inPort());
        long[] key = rereader.key();
        rest.restore(key);
        Megaflow flow = lookup(recirculated, key, rest);
        if (flow != null) {
            count(RECIRCULATION_HITS, 1);
        } else {
            count(RECIRCULATION_MISSES, 1);
            flow = translate(rest, key);
        }
        flow.count(datapath.burst(thread), 1, length, now, datapath.tableCounters());
        return flow;
    }

    private Megaflow lookup(MegaflowTable table, long[] key, Frozen rest) {
        Megaflow flow = table.lookup(key, rest, epoch);
        Megaflow stale = table.takeStale();
        if (stale != null) {
            remove(stale, TOUCHED);
        }
        return flow;
    }

    private Megaflow translate(Frozen rest, long[] key) {
        MacIndex macs = datapath.macIndex();
        long macVersion = macs.version();
        Translation translation = new Translation(datapath.tables(), key, now);
        DatapathProgram program = rest == null ? translation.run() : translation.resume(rest);
        if (translation.complaint() != null) {
            datapath.faults().record("pipeline", "gave up", translation.complaint());
        }
        int out = rest == null ? program.onlyOutput() : -1;
        Megaflow flow =
                new Megaflow(
                        program,
                        out < 0 ? null : datapath.port(out),
                        rest,
                        Match.of(key, translation.examined()),
                        translation.dependencies(),
                        epoch);
        flow.usedNanos = now;
        if (live.isFull()) {
            evict();
        }
        live.add(flow); // first, so that it is swept whatever happens
        macs.add(flow);
        table(rest).add(flow);
        // What was found out while something changed is used for this packet and no other.
        long macsNow = macs.version();
        boolean same = macsNow == macVersion || translation.learned() && macsNow == macVersion + 1;
        if (translation.version() != datapath.tables().version() || !same) {
            flow.kill();
        }
        return flow;
    }

    // The one that was not used for longest, of some: a bound must cost the same however many there
    // are.
    private void evict() {
        Megaflow oldest = null;
        for (int i = 0; i < SAMPLED; i++) {
            Megaflow flow = next();
            if (flow == null) {
                continue;
            }
            if (!flow.isValid(epoch)) {
                oldest = flow;
                break;
            }
            if (oldest == null || flow.usedNanos - oldest.usedNanos < 0) {
                oldest = flow;
            }
        }
        remove(oldest, EVICTED); // every place is taken, so there is one
    }

    private Megaflow next() {
        if (hand >= live.end()) {
            hand = 0;
        }
        return live.at(hand++);
    }

    private void sweep() {
        long steps = Math.min(MOST_STEPS, (now - sweptNanos) / SWEEP_NANOS);
        sweptNanos = now;
        int places = (int) Math.min(steps * SWEPT, live.end());
        for (int i = 0; i < places; i++) {
            Megaflow flow = next();
            if (flow == null) {
                continue;
            }
            if (!flow.isValid(epoch)) {
                remove(flow, TOUCHED);
            } else if (now - flow.usedNanos > IDLE_NANOS) {
                remove(flow, IDLE);
            }
        }
        exact.sweep((int) steps * SWEPT, epoch);
    }

    private MegaflowTable table(Frozen rest) {
        return rest == null ? first : recirculated;
    }

    private void remove(Megaflow flow, int why) {
        count(why, 1);
        flow.kill();
        table(flow.rest).remove(flow);
        live.remove(flow);
        datapath.macIndex().remove(flow);
    }

    private void count(int counter, long n) {
        CELL.setOpaque(counted, counter, counted[counter] + n);
    }

    /// The megaflows that are kept. Any thread.
    LiveFlows live() {
        return live;
    }

    int cachedKeys() {
        return exact.size();
    }

    /// What was counted. Any thread.
    CacheStatistics statistics(long busyNanos, BurstSizes bursts) {
        long[] sizes = bursts.counts();
        long[] c = new long[COUNTERS];
        for (int i = 0; i < COUNTERS; i++) {
            c[i] = (long) CELL.getOpaque(counted, i);
        }
        return new CacheStatistics(
                thread,
                c[PORT_HITS] + c[EXACT_HITS] + c[MEGAFLOW_HITS] + c[MISSES],
                c[PORT_HITS],
                c[EXACT_HITS],
                c[MEGAFLOW_HITS],
                c[MISSES],
                c[RECIRCULATION_HITS],
                c[RECIRCULATION_MISSES],
                live.size(),
                c[TOUCHED],
                c[IDLE],
                c[EVICTED],
                busyNanos,
                Arrays.stream(sizes).sum(),
                sizes);
    }
}
