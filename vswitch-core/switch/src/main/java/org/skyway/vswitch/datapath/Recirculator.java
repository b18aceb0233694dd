package org.skyway.vswitch.datapath;

import java.util.IdentityHashMap;
import java.util.Map;
import org.skyway.openflow.model.Match;
import org.skyway.vswitch.classifier.TupleTable;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.pipeline.Program;
import org.skyway.vswitch.pipeline.Translation;

/// Finds out how to go on with packets that are read anew, and remembers it. Belongs to one poll
/// thread.
final class Recirculator {
    private static final int MAX_REMEMBERED = 4096;

    private final int thread;
    private final Datapath datapath;
    private final PacketParser parser = new PacketParser();
    private final Map<Frozen, TupleTable<Megaflow>> flows = new IdentityHashMap<>();

    Recirculator(int thread, Datapath datapath) {
        this.thread = thread;
        this.datapath = datapath;
    }

    /// Reads a packet, and counts it to what it runs through.
    ///
    /// @param rest what is left to do
    /// @param packet address of the packet as it is now
    /// @param length its length
    /// @return what to do with it
    Megaflow classify(Frozen rest, long packet, int length) {
        parser.parse(packet, length, rest.inPort());
        long[] key = parser.key();
        rest.restore(key);
        long now = System.nanoTime();
        TupleTable<Megaflow> known = flows.get(rest);
        Megaflow flow = known == null ? null : known.lookup(key, null);
        if (flow == null) {
            flow = translate(rest, key, now);
        }
        flow.count(thread, 1, length, now, datapath.tableCounters());
        return flow;
    }

    private Megaflow translate(Frozen rest, long[] key, long now) {
        Translation translation = new Translation(datapath.tables(), key, now);
        Program program = translation.resume(rest);
        if (translation.learned()) {
            datapath.tablesChanged();
        }
        Megaflow flow = new Megaflow(program, null);
        if (flows.size() >= MAX_REMEMBERED) {
            flows.clear();
        }
        flows.computeIfAbsent(rest, r -> new TupleTable<>())
                .put(Match.of(key, translation.examined()), 0, flow);
        return flow;
    }

    void flush() {
        flows.clear();
    }
}
