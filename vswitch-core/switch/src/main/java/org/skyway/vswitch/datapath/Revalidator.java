package org.skyway.vswitch.datapath;

import java.util.Arrays;
import java.util.List;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;

/// Finds the megaflows whose outcomes a change of flow entries may have touched. Belongs to the
/// ofproto thread.
///
/// [Dependencies#touchedBy] decides, but asking it of each megaflow for each entry would go to
/// three places of memory for each. So of every megaflow one word is kept side by side with those
/// of the others: what is known of the key that it looked up in the entry's table, in the word that
/// says most about the entry. That turns away nearly all of them, at a nanosecond each.
final class Revalidator {
    /// Comparisons beyond which it is cheaper to find out everything anew: some milliseconds.
    private static final long MOST_COMPARISONS = 1L << 22;

    /// Calls of [Dependencies#touchedBy] beyond which it is.
    private static final long MOST_QUESTIONS = 1L << 18;

    private final Mirror[] threads;
    private long questions; // left

    /// @param threads the megaflows of each poll thread
    Revalidator(List<LiveFlows> threads) {
        this.threads = threads.stream().map(Mirror::new).toArray(Mirror[]::new);
    }

    /// Kills the megaflows that entries may have touched. After the entries were published.
    ///
    /// @param rules entries that were added, removed or replaced
    /// @return false if that is too much work, and not all were looked at
    boolean killTouched(List<FlowRule> rules) {
        if (rules.isEmpty()) {
            return true;
        }
        long all = 0;
        for (Mirror mirror : threads) {
            all += mirror.live.end();
        }
        if (all * rules.size() > MOST_COMPARISONS) {
            return false;
        }
        questions = MOST_QUESTIONS;
        for (Mirror mirror : threads) {
            mirror.refresh();
            for (FlowRule rule : rules) {
                mirror.killTouched(rule);
                if (questions < 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /// What is kept of one poll thread's megaflows, place by place. It holds on to none of them.
    private final class Mirror {
        /// Columns that are kept; when more are wanted, all are made anew.
        private static final int MOST_COLUMNS = 16;

        private final LiveFlows live;
        private LiveFlows.Places places;
        private int end;
        private long[] seen = new long[0]; // id of the megaflow that the columns know
        private Column[] columns = new Column[0];

        Mirror(LiveFlows live) {
            this.live = live;
        }

        void refresh() {
            end = live.end(); // in this order: there may be more places than these by then
            places = live.places();
            if (seen.length < places.ids().length) {
                seen = Arrays.copyOf(seen, places.ids().length);
                for (Column column : columns) {
                    column.room(seen.length);
                }
            }
            for (int place = 0; place < end; place++) {
                long id = places.id(place);
                if (id != seen[place]) {
                    seen[place] = id;
                    for (Column column : columns) {
                        column.set(place, flow(place));
                    }
                }
            }
        }

        private Megaflow flow(int place) {
            return seen[place] == 0 ? null : places.flows()[place];
        }

        void killTouched(FlowRule rule) {
            int word = tellingWord(rule.match());
            if (word < 0) {
                for (int place = 0; place < end; place++) {
                    killIfTouched(place, rule);
                }
                return;
            }
            Column column = column(rule.table(), word);
            long value = rule.match().value(word);
            long mask = rule.match().mask(word);
            long[] values = column.values;
            long[] masks = column.masks;
            for (int place = 0; place < end; place++) {
                if (((values[place] ^ value) & masks[place] & mask) == 0
                        && column.looksThere[place]) {
                    killIfTouched(place, rule);
                }
            }
        }

        private void killIfTouched(int place, FlowRule rule) {
            Megaflow flow = flow(place);
            if (flow != null) {
                questions--;
                if (flow.dependencies.touchedBy(rule)) {
                    flow.kill();
                }
            }
        }

        private Column column(int table, int word) {
            for (Column column : columns) {
                if (column.table == table && column.word == word) {
                    return column;
                }
            }
            Column fresh = new Column(table, word);
            fresh.room(seen.length);
            for (int place = 0; place < end; place++) {
                fresh.set(place, flow(place));
            }
            int keep = columns.length < MOST_COLUMNS ? columns.length : 0;
            columns = Arrays.copyOf(columns, keep + 1);
            columns[keep] = fresh;
            return fresh;
        }
    }

    // The word of the packet's headers of which a match wants most bits; the ingress port only if
    // there is no other, because many packets share it. -1 if there is none.
    private static int tellingWord(Match match) {
        int best = -1;
        int most = 0;
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int word = Long.numberOfTrailingZeros(rest);
            if (word >= FlowKey.PACKET_WORDS) {
                break;
            }
            int bits = word == FlowKey.IN_PORT ? 1 : 1 + Long.bitCount(match.mask(word));
            if (bits > most) {
                most = bits;
                best = word;
            }
        }
        return best;
    }

    /// What is known of one word of the keys that were looked up in one table.
    private static final class Column {
        final int table;
        final int word;
        long[] values = {};
        long[] masks = {}; // which bits are known
        boolean[] looksThere = {}; // whether the table was looked up at all

        Column(int table, int word) {
            this.table = table;
            this.word = word;
        }

        void room(int places) {
            values = Arrays.copyOf(values, places);
            masks = Arrays.copyOf(masks, places);
            looksThere = Arrays.copyOf(looksThere, places);
        }

        void set(int place, Megaflow flow) {
            Match key = flow == null ? null : flow.dependencies.keyIn(table);
            looksThere[place] = key != null;
            values[place] = key == null ? 0 : key.value(word);
            masks[place] = key == null ? 0 : key.mask(word);
        }
    }
}
