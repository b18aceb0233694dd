package org.skyway.vnf.relay;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.skyway.vnf.frame.FlowReader;

/// Counts packets and bytes by flow: addresses, protocol and ports, or the frame's type if it is no
/// IP. It lets everything pass. One thread counts, others may look: a new flow's counter of packets
/// is written last (F), and read first (F).
public final class FlowCensus implements PacketFilter {
    /// Most flows that a table can be made for.
    public static final int MAX_FLOWS = 1 << 22;

    private static final VarHandle COUNTER = MethodHandles.arrayElementVarHandle(long[].class);

    // A key is six longs: the halves of source and destination, the ports, protocol and type.
    private static final int KEY_LONGS = 6;

    private final int capacity;
    private final int mask;
    private final long[] keys;
    private final long[] packets;
    private final long[] bytes;
    private final FlowReader parser = new FlowReader();
    private volatile int flows;
    private volatile long unlisted; // packets of flows that found no room

    /// An empty table.
    ///
    /// @param capacity most flows, 1 to [#MAX_FLOWS]; packets of others are counted together
    public FlowCensus(int capacity) {
        this.capacity = capacity;
        int slots = Integer.highestOneBit(2 * capacity) << 1; // never more than half full
        mask = slots - 1;
        keys = new long[slots * KEY_LONGS];
        packets = new long[slots];
        bytes = new long[slots];
    }

    @Override
    public int apply(long[] addresses, int[] lengths, int count) {
        for (int i = 0; i < count; i++) {
            parser.parse(addresses[i], lengths[i]);
            count(lengths[i]);
        }
        return count;
    }

    /// Adds the flows with the most packets to a report. On any thread.
    ///
    /// @param report receives `flowCount`, `unlistedPackets` and the array `flows`
    /// @param most how many
    public void describe(ObjectNode report, int most) {
        report.put("flowCount", flows);
        report.put("unlistedPackets", unlisted);
        ArrayNode list = report.putArray("flows");
        // Counters go on while they are sorted, so each is read once.
        record Flow(int slot, long packets) {}
        IntStream.rangeClosed(0, mask)
                .mapToObj(slot -> new Flow(slot, (long) COUNTER.getAcquire(packets, slot))) // F
                .filter(flow -> flow.packets > 0)
                .sorted(Comparator.comparingLong(Flow::packets).reversed())
                .limit(most)
                .forEach(flow -> describe(list.addObject(), flow.slot, flow.packets));
    }

    private void count(int length) {
        final long ports = pair(parser.sourcePort(), parser.destinationPort());
        final long type = pair(parser.etherType(), parser.protocol());
        int slot = hash(ports, type) & mask;
        for (; packets[slot] != 0; slot = slot + 1 & mask) {
            if (isKey(slot * KEY_LONGS, ports, type)) {
                COUNTER.setOpaque(bytes, slot, bytes[slot] + length);
                COUNTER.setOpaque(packets, slot, packets[slot] + 1);
                return;
            }
        }
        if (flows == capacity) {
            unlisted = unlisted + 1; // the data thread alone writes
            return;
        }
        setKey(slot * KEY_LONGS, ports, type);
        COUNTER.setOpaque(bytes, slot, (long) length);
        COUNTER.setRelease(packets, slot, 1L); // F
        flows = flows + 1;
    }

    private int hash(long ports, long type) {
        long h = parser.sourceHigh() * 0x9e3779b97f4a7c15L + parser.sourceLow();
        h = h * 0x9e3779b97f4a7c15L + parser.destinationHigh();
        h = h * 0x9e3779b97f4a7c15L + parser.destinationLow();
        h = h * 0x9e3779b97f4a7c15L + ports;
        h = h * 0x9e3779b97f4a7c15L + type;
        h = (h ^ h >>> 32) * 0xd6e8feb86659fd93L;
        return (int) (h >>> 32);
    }

    private boolean isKey(int k, long ports, long type) {
        return keys[k] == parser.sourceHigh()
                && keys[k + 1] == parser.sourceLow()
                && keys[k + 2] == parser.destinationHigh()
                && keys[k + 3] == parser.destinationLow()
                && keys[k + 4] == ports
                && keys[k + 5] == type;
    }

    private void setKey(int k, long ports, long type) {
        keys[k] = parser.sourceHigh();
        keys[k + 1] = parser.sourceLow();
        keys[k + 2] = parser.destinationHigh();
        keys[k + 3] = parser.destinationLow();
        keys[k + 4] = ports;
        keys[k + 5] = type;
    }

    private void describe(ObjectNode flow, int slot, long count) {
        int k = slot * KEY_LONGS;
        int etherType = first(keys[k + 5]);
        int protocol = second(keys[k + 5]);
        if (protocol == FlowReader.NONE) {
            flow.put("etherType", "0x%04x".formatted(etherType & 0xffff));
        } else {
            boolean ipv6 = etherType == 0x86dd;
            flow.put("source", address(keys[k], keys[k + 1], ipv6));
            flow.put("destination", address(keys[k + 2], keys[k + 3], ipv6));
            flow.put("protocol", protocol);
            if (first(keys[k + 4]) != FlowReader.NONE) {
                flow.put("sourcePort", first(keys[k + 4]));
                flow.put("destinationPort", second(keys[k + 4]));
            }
        }
        flow.put("packets", count);
        flow.put("bytes", (long) COUNTER.getOpaque(bytes, slot));
    }

    private static String address(long high, long low, boolean ipv6) {
        byte[] raw =
                ipv6
                        ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
                        : ByteBuffer.allocate(4).putInt((int) low).array();
        try {
            return InetAddress.getByAddress(raw).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private static long pair(int first, int second) {
        return (long) first << 32 | second & 0xffff_ffffL;
    }

    private static int first(long pair) {
        return (int) (pair >> 32);
    }

    private static int second(long pair) {
        return (int) pair;
    }
}
