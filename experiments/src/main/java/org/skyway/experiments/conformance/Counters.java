package org.skyway.experiments.conformance;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Counters of tables and ports, from the replies to `dump-tables` and `dump-ports`.
///
/// @param values by name
record Counters(Map<String, Long> values) {
    private static final int TABLE = 3;
    private static final int PORT = 4;
    private static final int LOCAL_10 = 0xfffe;
    private static final int LOCAL = 0xfffffffe;

    /// What was counted in between.
    ///
    /// @param before replies
    /// @param after replies
    static Counters between(List<byte[]> before, List<byte[]> after) {
        Map<String, Long> old = read(before);
        Map<String, Long> values = read(after);
        values.replaceAll((name, value) ->
                name.endsWith("active") ? value : value - old.getOrDefault(name, 0L));
        values.values().removeIf(v -> v == 0);
        return new Counters(values);
    }

    private static Map<String, Long> read(List<byte[]> replies) {
        Map<String, Long> values = new TreeMap<>();
        for (byte[] reply : replies) {
            ByteBuffer b = ByteBuffer.wrap(reply);
            int version = b.get(0);
            int type = b.getShort(8);
            b.position(version == 1 ? 12 : 16);
            while (b.hasRemaining()) {
                if (type == TABLE) {
                    table(b, version, values);
                } else if (type == PORT) {
                    port(b, version, values);
                } else {
                    break; // an error: the answers say so
                }
            }
        }
        return values;
    }

    private static void table(ByteBuffer b, int version, Map<String, Long> values) {
        int at = b.position();
        String name = "table " + (b.get(at) & 0xff);
        int counts = version == 1 ? at + 44 : version == 3 ? at + 108 : at + 4;
        values.put(name + " active", (long) b.getInt(counts));
        values.put(name + " lookup", b.getLong(counts + 4));
        values.put(name + " matched", b.getLong(counts + 12));
        b.position(counts + 20);
    }

    // Of the errors and drops only those of the local port are compared, which drops everything:
    // for
    // Open vSwitch they are what the kernel thinks of a port.
    private static void port(ByteBuffer b, int version, Map<String, Long> values) {
        int at = b.position();
        int length = version < 4 ? 104 : version == 4 ? 112 : b.getShort(at) & 0xffff;
        int number = version == 1 ? b.getShort(at) & 0xffff : b.getInt(version < 5 ? at : at + 4);
        int counts = at + (version < 5 ? 8 : 16);
        b.position(at + length);
        String[] names = {"rx_packets", "tx_packets", "rx_bytes", "tx_bytes"};
        for (int i = 0; i < names.length; i++) {
            values.put("port %d %s".formatted(number, names[i]), b.getLong(counts + 8 * i));
        }
        if (number == (version == 1 ? LOCAL_10 : LOCAL)) {
            values.put("LOCAL tx_dropped", b.getLong(counts + 40));
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
        return text.toString();
    }

    /// What is not in another.
    String without(Counters other) {
        Map<String, Long> own = new TreeMap<>(values);
        own.entrySet().removeAll(other.values.entrySet());
        return new Counters(own).toString();
    }
}
