package org.skyway.vswitch.ofproto;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.skyway.openflow.message.PacketIn;

/// Lets a controller have so many packets a second. Some more wait, in a queue for each port that
/// they came from, and the queues are served in turn; when there are too many, the oldest of the
/// longest queue is dropped (`ovs-vswitchd.conf.db(5)`, "Controller Rate Limiting"). Ofproto thread
/// only.
final class PacketInLimit {
    private static final long ONE = 1_000_000_000; // a packet, as tokens are counted

    private final Map<Integer, ArrayDeque<PacketIn>> waiting = new LinkedHashMap<>(); // by port
    private int rate;
    private int burst;
    private int backlog;
    private long tokens;
    private long filledNanos;
    private long bypassed;
    private long queued;
    private long dropped;

    /// @param rate packets a second, 1 or more
    /// @param burst how many may wait, 1 or more
    /// @param nowNanos [System#nanoTime]
    PacketInLimit(int rate, int burst, long nowNanos) {
        filledNanos = nowNanos;
        change(rate, burst);
        tokens = burst * ONE;
    }

    /// Has other limits hold from now on.
    void change(int newRate, int newBurst) {
        rate = newRate;
        burst = newBurst;
        tokens = Math.min(tokens, burst * ONE);
        while (backlog > burst) {
            drop();
        }
    }

    /// A packet is to be sent.
    ///
    /// @param port where it came from
    /// @param nowNanos [System#nanoTime]
    /// @return whether to send it at once; if not, it may come of [#next]
    boolean admits(int port, PacketIn packet, long nowNanos) {
        if (backlog == 0 && take(nowNanos)) {
            bypassed++;
            return true;
        }
        if (backlog >= burst) {
            drop();
        }
        waiting.computeIfAbsent(port, _ -> new ArrayDeque<>()).add(packet);
        backlog++;
        queued++;
        return false;
    }

    /// Takes a packet that has waited, if one may be sent.
    ///
    /// @param nowNanos [System#nanoTime]
    /// @return null if there is none, or none may be sent yet
    PacketIn next(long nowNanos) {
        if (backlog == 0 || !take(nowNanos)) {
            return null;
        }
        Iterator<Map.Entry<Integer, ArrayDeque<PacketIn>>> first = waiting.entrySet().iterator();
        Map.Entry<Integer, ArrayDeque<PacketIn>> e = first.next();
        int port = e.getKey();
        ArrayDeque<PacketIn> queue = e.getValue();
        PacketIn packet = queue.remove();
        first.remove();
        if (!queue.isEmpty()) {
            waiting.put(port, queue); // behind the others
        }
        backlog--;
        return packet;
    }

    private boolean take(long nowNanos) {
        long nanos = Math.clamp(nowNanos - filledNanos, 0, ONE * burst / rate + 1);
        filledNanos = Math.max(filledNanos, nowNanos);
        tokens = Math.min(burst * ONE, tokens + nanos * rate);
        if (tokens < ONE) {
            return false;
        }
        tokens -= ONE;
        return true;
    }

    private void drop() {
        ArrayDeque<PacketIn> longest = null;
        int port = 0;
        for (Map.Entry<Integer, ArrayDeque<PacketIn>> e : waiting.entrySet()) {
            if (longest == null || e.getValue().size() > longest.size()) {
                longest = e.getValue();
                port = e.getKey();
            }
        }
        if (longest != null) {
            longest.remove();
            if (longest.isEmpty()) {
                waiting.remove(port);
            }
            backlog--;
            dropped++;
        }
    }

    /// Whether packets wait.
    boolean hasBacklog() {
        return backlog > 0;
    }

    /// What became of packets, as table Controller has it in its column `status`.
    ///
    /// @param kind `miss` or `action`
    /// @param to where it is put
    void tell(String kind, Map<String, String> to) {
        to.put("packet-in-%s-backlog".formatted(kind), Long.toString(backlog));
        to.put("packet-in-%s-bypassed".formatted(kind), Long.toString(bypassed));
        to.put("packet-in-%s-dropped".formatted(kind), Long.toString(dropped));
        to.put("packet-in-%s-queued".formatted(kind), Long.toString(queued));
    }
}
