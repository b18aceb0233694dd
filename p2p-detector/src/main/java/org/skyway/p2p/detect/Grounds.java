package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;

/// What a verdict rests on: a change that touches none of this can't change the verdict.
///
/// A rule touches a [Lookup] if some of the packets that were looked up could match it and its
/// priority is not below that of the last rule that was considered there. A lookup of one packet,
/// as in the proof that there is no link, is the same with all bits known.
final class Grounds {
    private static final int MOST_LOOKUPS = 48;

    private record Lookup(int table, long[] known, long[] value, int floor) {
        boolean touchedBy(FlowRule rule) {
            if (rule.table() != table || rule.priority() < floor) {
                return false;
            }
            Match match = rule.match();
            for (long rest = match.words(); rest != 0; rest &= rest - 1) {
                int w = Long.numberOfTrailingZeros(rest);
                if (((match.value(w) ^ value[w]) & match.mask(w) & known[w]) != 0) {
                    return false;
                }
            }
            return true;
        }

        /// The lookup of the packets of both.
        Lookup join(Lookup other) {
            long[] both = new long[FlowKey.WORDS];
            for (int w = 0; w < FlowKey.WORDS; w++) {
                both[w] = known[w] & other.known[w] & ~(value[w] ^ other.value[w]);
            }
            return new Lookup(table, both, value, Math.min(floor, other.floor));
        }
    }

    private final List<Lookup> lookups = new ArrayList<>(4);
    private final Set<Integer> ports = new HashSet<>(4);
    private final Set<Integer> groups = new HashSet<>(2);
    private boolean allPorts;

    /// Notes that packets were looked up in a table.
    ///
    /// @param floor priority of the last rule considered; -1 if all were
    void lookedUp(int table, SymbolicPacket packet, int floor) {
        long[] known = new long[FlowKey.WORDS];
        long[] value = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            known[w] = packet.known(w);
            value[w] = packet.value(w);
        }
        add(new Lookup(table, known, value, floor));
    }

    /// Notes that one packet was looked up in a table.
    ///
    /// @param hit the rule that it matched; null for none
    void lookedUp(int table, long[] key, FlowRule hit) {
        long[] known = new long[FlowKey.WORDS];
        java.util.Arrays.fill(known, -1L);
        add(new Lookup(table, known, key, hit == null ? -1 : hit.priority()));
    }

    private void add(Lookup lookup) {
        if (lookups.size() >= MOST_LOOKUPS) {
            for (int i = 0; i < lookups.size(); i++) {
                if (lookups.get(i).table == lookup.table) {
                    lookups.set(i, lookups.get(i).join(lookup));
                    return;
                }
            }
        }
        lookups.add(lookup);
    }

    void port(int number) {
        ports.add(number);
    }

    void everyPort() {
        allPorts = true;
    }

    void group(int id) {
        groups.add(id);
    }

    /// Takes over the ports and groups of another, not its lookups.
    void addPortsAndGroups(Grounds other) {
        ports.addAll(other.ports);
        groups.addAll(other.groups);
        allPorts |= other.allPorts;
    }

    boolean touchedBy(FlowRule rule) {
        for (int i = 0; i < lookups.size(); i++) {
            if (lookups.get(i).touchedBy(rule)) {
                return true;
            }
        }
        return false;
    }

    boolean touchedByPort(int number) {
        return allPorts || ports.contains(number);
    }

    boolean touchedByGroup(int id) {
        return groups.contains(id);
    }

    /// Whether packets of this port are looked up as if they came from another, so that rules for
    /// other ingress ports matter.
    boolean staysAt(int port) {
        long inPort = (long) port << 32;
        for (Lookup lookup : lookups) {
            if (lookup.known[FlowKey.IN_PORT] >>> 32 != 0xffffffffL
                    || lookup.value[FlowKey.IN_PORT] != inPort) {
                return false;
            }
        }
        return true;
    }
}
