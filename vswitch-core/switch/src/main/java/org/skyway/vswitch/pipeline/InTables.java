package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.TRANSPORT;

import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;
import org.skyway.vswitch.classifier.TupleTable;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// A table, and those that its entries go on to.
final class InTables implements Frame {
    private final Walk walk;
    private final boolean first; // of the packet's, which costs nothing
    private int next;
    private int port;
    private boolean missIsTold;
    private Walk.Owner outer;
    private int deeper;
    private boolean begun;

    /// @param first the table to begin with
    /// @param asPort the ingress port that its look-up sees; what comes behind knows the real one
    /// @param missIsTold whether the controllers may be told that no entry matches
    InTables(Walk walk, int first, int asPort, boolean missIsTold) {
        this(walk, first, asPort, missIsTold, false);
    }

    private InTables(Walk walk, int table, int asPort, boolean missIsTold, boolean first) {
        this.walk = walk;
        this.next = table;
        this.port = asPort;
        this.missIsTold = missIsTold;
        this.first = first;
    }

    /// What a packet begins with.
    static InTables entering(Walk walk) {
        return new InTables(walk, 0, walk.packet.inPort(), true, true);
    }

    @Override
    public boolean step() {
        if (!begun) {
            begun = true;
            outer = walk.owner;
            if (walk.wasMpls) {
                walk.freeze();
                return false;
            }
            if (!first && !goOn()) {
                return false;
            }
            // Open vSwitch takes calls of later tables for harmless: only others can be a loop.
            deeper = !first && next <= outer.table() ? 1 : 0;
            walk.limits.depth += deeper;
        } else {
            next = walk.nextTable;
            if (next < 0 || walk.exit || !goOn()) {
                return over();
            }
            port = walk.packet.inPort(); // actions may have written it
            missIsTold = true;
        }
        walk.owner = walk.owner.inTable(next);
        FlowEntry entry = enter(next);
        if (entry == null) {
            return over();
        }
        walk.begin(new InInstructions(walk, entry.rule().instructions()));
        return true;
    }

    private boolean goOn() {
        if (!walk.mayGoOn()) {
            return false;
        }
        walk.limits.resubmits++;
        return true;
    }

    private boolean over() {
        walk.owner = outer;
        walk.limits.depth -= deeper;
        return false;
    }

    private FlowEntry enter(int id) {
        if (id >= Tables.COUNT) {
            // May be named, as in Open vSwitch, but there is none: a miss of no table.
            if (missIsTold) {
                walk.telling.ofMiss();
            }
            return null;
        }
        walk.visits.lookedUp(id);
        FlowEntry entry = find(id);
        if (walk.trace != null) {
            walk.trace.lookedUp(id, entry == null ? null : entry.rule());
        }
        if (entry == null) {
            if (missIsTold && walk.tables.missToController()) {
                walk.telling.ofMiss();
            }
            return null;
        }
        walk.visits.hit(id, entry);
        boolean tableMiss = entry.rule().priority() == 0 && entry.rule().match().equals(Match.ANY);
        walk.owner = new Walk.Owner(id, entry.rule().cookie(), tableMiss);
        if (entry.rule().instructions().meter() >= 0) {
            walk.meter(entry.rule().instructions().meter());
        }
        return entry;
    }

    private FlowEntry find(int id) {
        PipelinePacket packet = walk.packet;
        TupleTable<FlowEntry> table = walk.tables.tables().get(id);
        long version = walk.tables.version();
        boolean hidden = walk.tables.fragmentHandling() == Tables.FRAGMENTS_NORMAL;
        FlowEntry entry = null;
        int least = 0;
        if (table != null) {
            int real = packet.inPort();
            packet.inPort(port);
            long[] key = packet.key;
            long transport = key[TRANSPORT];
            if (hidden && Field.IP_FRAG.get(key) != 0) {
                key[TRANSPORT] &= ~Looks.PORTS;
            }
            entry = table.lookup(key, packet.examined, version, Integer.MAX_VALUE);
            if (entry != null && Conjunctions.isClause(entry)) {
                entry = Conjunctions.resolve(entry, table, version, key, packet.examined);
            } else if (entry != null) {
                least = entry.rule().priority();
            }
            if (hidden && (packet.examined[TRANSPORT] & Looks.PORTS) != 0) {
                packet.examine(Field.IP_FRAG);
            }
            key[TRANSPORT] = transport;
            packet.inPort(real);
        }
        walk.looks.lookedUp(id, packet, port, hidden, least);
        return entry;
    }
}
