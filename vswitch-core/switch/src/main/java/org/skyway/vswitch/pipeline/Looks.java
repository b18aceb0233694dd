package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.PACKET_WORDS;
import static org.skyway.openflow.model.FlowKey.TRANSPORT;
import static org.skyway.openflow.model.FlowKey.WORDS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.collections.LongHashSet;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;

/// Collects what a run looked up, for its [Dependencies].
final class Looks {
    /// More are not told one by one: any change touches what did so much.
    private static final int MOST = 512;

    /// So many different keys of one packet are kept.
    private static final int MOST_KEYS = 64;

    /// The ports in [org.skyway.openflow.model.FlowKey#TRANSPORT].
    static final long PORTS = 0xffff_ffff_0000_0000L;

    /// The packet as it was looked up.
    ///
    /// @param key its key
    /// @param overwritten bits of it that are the pipeline's
    /// @param portsHidden whether the ports of fragments are not matched
    private record Look(long[] key, long[] overwritten, boolean portsHidden) {
        Match known(long[] examined) {
            long[] masks = new long[WORDS];
            for (int w = 0; w < PACKET_WORDS; w++) {
                masks[w] = examined[w] | overwritten[w];
            }
            for (int w = PACKET_WORDS; w < WORDS; w++) {
                masks[w] = key[w] == 0 ? 0 : -1L;
            }
            long frag = Field.IP_FRAG.ones() << Field.IP_FRAG.shift();
            boolean whole =
                    (masks[Field.IP_FRAG.word()] & frag) == frag && Field.IP_FRAG.get(key) == 0;
            if (portsHidden && !whole) {
                masks[TRANSPORT] &= ~PORTS;
            }
            return Match.of(key, masks);
        }
    }

    private int[] tables = new int[4];
    private int[] priorities = new int[4];
    private int[] which = new int[4]; // of the keys
    private int count;
    private final List<Look> keys = new ArrayList<>(1);
    private long lastState = -1;
    private boolean tooMany;
    private final LongHashSet macs = new LongHashSet();

    /// Notes a look-up.
    ///
    /// @param table where
    /// @param packet what, as it is looked up but for the ingress port
    /// @param asPort the ingress port
    /// @param portsHidden whether the ports of fragments are not matched
    /// @param priority of the entry that was hit, if no lower one can matter; else 0
    void lookedUp(int table, PipelinePacket packet, int asPort, boolean portsHidden, int priority) {
        boolean itsOwn = asPort == packet.inPort();
        boolean same = itsOwn && packet.state() == lastState;
        if (tooMany || count >= MOST || !same && keys.size() >= MOST_KEYS) {
            tooMany = true;
            return;
        }
        if (!same) {
            long[] key = packet.key.clone();
            Field.IN_PORT.set(key, asPort);
            keys.add(new Look(key, packet.overwritten(), portsHidden));
            lastState = itsOwn ? packet.state() : -1;
        }
        if (count == tables.length) {
            tables = Arrays.copyOf(tables, 2 * count);
            priorities = Arrays.copyOf(priorities, 2 * count);
            which = Arrays.copyOf(which, 2 * count);
        }
        tables[count] = table;
        priorities[count] = priority;
        which[count++] = keys.size() - 1;
    }

    /// Notes that the learned address of a VLAN was asked for.
    void asked(long mac) {
        macs.add(mac);
    }

    /// What that makes an outcome depend on.
    ///
    /// @param examined bits of the packet that it depends on
    Dependencies with(long[] examined) {
        long[] asked = macs.stream().mapToLong(Long::longValue).toArray();
        if (tooMany) {
            return new Dependencies(null, null, null, asked);
        }
        Match[] known = new Match[keys.size()];
        Arrays.setAll(known, i -> keys.get(i).known(examined));
        Match[] each = new Match[count];
        Arrays.setAll(each, i -> known[which[i]]);
        return new Dependencies(
                Arrays.copyOf(tables, count), each, Arrays.copyOf(priorities, count), asked);
    }
}
