package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;

/// What the outcome of a run depends on besides the bits of the packet that it examined: which
/// tables it looked into with which keys, and which learned addresses it asked for. Immutable; any
/// thread.
///
/// Of a key that was looked up only some bits are the same for every packet with this outcome:
/// those that were examined in the packet, those that the pipeline had written by then, and those
/// that no packet brings along. An entry with a match that wants one of them otherwise could not be
/// met.
public final class Dependencies {
    private static final long CONJUNCTION_ID = Field.CONJ_ID.ones() << Field.CONJ_ID.shift();

    private final int[] tables; // one for each look-up; null if there were too many
    private final Match[] keys; // what is known of the key
    private final int[] priorities; // no entry below counts
    private final long[] macs;
    private final List<FlowRule> learned; // that the outcome makes of a packet

    /// @param tables null if an entry of any table may matter
    Dependencies(int[] tables, Match[] keys, int[] priorities, long[] macs) {
        this(tables, keys, priorities, macs, List.of());
    }

    private Dependencies(
            int[] tables, Match[] keys, int[] priorities, long[] macs, List<FlowRule> learned) {
        this.learned = learned;
        this.tables = tables;
        this.keys = keys;
        this.priorities = priorities;
        this.macs = macs;
    }

    /// The same for an outcome that makes rules of a packet. When another packet makes another rule
    /// in the place of one of them, or it is removed, the next packet is to make it anew, at once.
    ///
    /// @param rules what it makes
    Dependencies learning(List<FlowRule> rules) {
        return rules.isEmpty() ? this : new Dependencies(tables, keys, priorities, macs, rules);
    }

    private boolean learns(FlowRule rule) {
        for (FlowRule r : learned) {
            if (r.table() == rule.table()
                    && r.priority() == rule.priority()
                    && r.match().equals(rule.match())) {
                return true;
            }
        }
        return false;
    }

    /// Whether the outcome may be another one when an entry is added, removed or replaced. May say
    /// yes when it is not; never no when it is.
    ///
    /// @param rule the entry
    /// @return false if no packet with this outcome could meet the entry
    public boolean touchedBy(FlowRule rule) {
        if (tables == null || learns(rule)) {
            return true;
        }
        for (int i = 0; i < tables.length; i++) {
            if (tables[i] == rule.table()
                    && priorities[i] <= rule.priority()
                    && mayMatch(rule.match(), keys[i])) {
                return true;
            }
        }
        return false;
    }

    /// What is known of the key that was looked up in a table, for who wants to tell cheaply that
    /// an entry does not touch the outcome: it does not if it wants a known bit of a word below
    /// [FlowKey#PACKET_WORDS] otherwise.
    ///
    /// @param table its number
    /// @return the known bits; none if there were several keys, or if the outcome makes rules in
    ///   the table; null if the table is of no concern
    public Match keyIn(int table) {
        if (tables == null) {
            return Match.ANY;
        }
        for (FlowRule rule : learned) {
            if (rule.table() == table) {
                return Match.ANY;
            }
        }
        Match key = null;
        for (int i = 0; i < tables.length; i++) {
            if (tables[i] == table) {
                if (key != null && key != keys[i]) {
                    return Match.ANY;
                }
                key = keys[i];
            }
        }
        return key;
    }

    private static boolean mayMatch(Match match, Match key) {
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int word = Long.numberOfTrailingZeros(rest);
            long wanted = match.mask(word);
            if (word < FlowKey.PACKET_WORDS) {
                wanted &= key.mask(word);
            } else if (word == FlowKey.ACTSET_OUTPUT) {
                wanted &= ~CONJUNCTION_ID; // the look-up itself sets it
            }
            // What is not there of the words that no packet brings along is 0.
            if (((match.value(word) ^ key.value(word)) & wanted) != 0) {
                return false;
            }
        }
        return true;
    }

    /// The learned addresses that the outcome depends on, known or not.
    ///
    /// @return [MacTable] keys, `vlan << 48 | mac`; not to be changed
    public long[] macs() {
        return macs;
    }
}
