package org.skyway.vswitch.ofproto;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.model.Field;

/// What a controller gets of the packets that are for it: as many a second as it may have of those
/// that met no entry, and of others, and no more than it may leave unread. Ofproto thread only.
final class PacketInGate {
    private final BiConsumer<PacketIn, Runnable> send;
    private final Runnable flush;
    private PacketInLimit misses; // null for any number
    private PacketInLimit others;
    private int mostUnread; // 0 for any number
    private int unread;

    /// @param send sends one, and says when it has left
    /// @param flush has what was sent leave now, if the other side reads
    PacketInGate(BiConsumer<PacketIn, Runnable> send, Runnable flush) {
        this.send = send;
        this.flush = flush;
    }

    /// Has other limits hold from now on; what is counted goes on.
    void limit(ControllerSettings s, long nowNanos) {
        // Without a limit, what waited for it is thrown away, as in Open vSwitch.
        misses = changed(misses, s, nowNanos);
        others = changed(others, s, nowNanos);
        mostUnread = s.packetInsUnread();
    }

    private static PacketInLimit changed(
            PacketInLimit before, ControllerSettings s, long nowNanos) {
        if (s.packetInRate() == 0) {
            return null;
        }
        if (before == null) {
            return new PacketInLimit(s.packetInRate(), s.burst(), nowNanos);
        }
        before.change(s.packetInRate(), s.burst());
        return before;
    }

    /// A packet is for the controller.
    ///
    /// @return whether some wait
    boolean offer(PacketIn m, long nowNanos) {
        PacketInLimit limit = m.reason() == AsyncDefaults.NO_MATCH ? misses : others;
        if (limit == null) {
            send(m);
            return false;
        }
        if (limit.admits((int) m.metadata().valueOf(Field.IN_PORT), m, nowNanos)) {
            send(m);
        }
        return limit.hasBacklog();
    }

    private void send(PacketIn m) {
        if (mostUnread > 0 && unread >= mostUnread) {
            flush.run(); // many were sent in one go
        }
        if (mostUnread == 0 || unread < mostUnread) {
            unread++;
            send.accept(m, () -> unread--);
        }
    }

    /// Sends what has waited for long enough.
    ///
    /// @return whether some wait
    boolean drain(long nowNanos) {
        return drain(misses, nowNanos) | drain(others, nowNanos);
    }

    private boolean drain(PacketInLimit limit, long nowNanos) {
        if (limit == null) {
            return false;
        }
        for (PacketIn m = limit.next(nowNanos); m != null; m = limit.next(nowNanos)) {
            send(m);
        }
        return limit.hasBacklog();
    }

    /// What became of packets, as table Controller has it in its column `status`.
    ///
    /// @return nothing without a limit
    Map<String, String> told() {
        Map<String, String> all = new LinkedHashMap<>();
        if (misses != null) {
            misses.tell("miss", all);
            others.tell("action", all);
        }
        return all;
    }
}
