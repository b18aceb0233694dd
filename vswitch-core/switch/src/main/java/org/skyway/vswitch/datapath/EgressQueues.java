package org.skyway.vswitch.datapath;

import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Int2ObjectHashMap;
import org.skyway.vswitch.tables.PortQos;
import org.skyway.vswitch.tables.QueueCounters;

/// What keeps a port from being sent too much: a token bucket for all of it, and for each queue one
/// for what it may always send and one for what it may send at most. Packets do not wait: who finds
/// its buckets empty is dropped. Poll threads share it, so each burst for such a port takes its
/// monitor, which nobody else wants when one thread polls; other bursts never come here.
public final class EgressQueues {
    private final PortQos qos;
    private final TokenBucket all; // null for any rate
    private final Int2ObjectHashMap<Queue> queues = new Int2ObjectHashMap<>();
    private final Queue first;

    private static final class Queue {
        final TokenBucket least; // null for nothing
        final TokenBucket most; // null for any rate
        final long createdNanos;
        long packets;
        long bytes;
        long errors;

        Queue(PortQos.Queue q, Queue before, long nowNanos) {
            least = bucket(q.least(), nowNanos);
            most = bucket(q.most(), nowNanos);
            createdNanos = before == null ? nowNanos : before.createdNanos;
            if (before != null) {
                packets = before.packets;
                bytes = before.bytes;
                errors = before.errors;
            }
        }

        boolean count(boolean passes, int length) {
            if (passes) {
                packets++;
                bytes += length;
            } else {
                errors++;
            }
            return passes;
        }
    }

    /// Buckets that are full.
    ///
    /// @param qos how much may be sent
    /// @param before what the port had until now; its queues go on counting. Null for nothing
    /// @param nowNanos [System#nanoTime]
    public EgressQueues(PortQos qos, EgressQueues before, long nowNanos) {
        this.qos = qos;
        all = bucket(qos.rate(), nowNanos);
        qos.queues()
                .forEach((id, q) ->
                        queues.put((int) id, new Queue(q, countersOf(before, id), nowNanos)));
        Queue given = queues.get(PortQos.DEFAULT_QUEUE);
        first = given == null ? new Queue(PortQos.Queue.PLAIN, null, nowNanos) : given;
    }

    private static Queue countersOf(EgressQueues of, int id) {
        if (of == null) {
            return null;
        }
        synchronized (of) {
            return of.queues.get(id);
        }
    }

    private static TokenBucket bucket(PortQos.Rate rate, long nowNanos) {
        if (rate.bitsPerSecond() == 0) {
            return null;
        }
        long burst = Math.clamp(rate.burstBits(), 1, TokenBucket.MOST_BITS);
        return new TokenBucket(rate.bitsPerSecond(), burst, nowNanos);
    }

    /// How much may be sent.
    ///
    /// @return what it was made for
    public PortQos qos() {
        return qos;
    }

    /// Decides about packets, and counts them.
    ///
    /// @param id their queue; one that is not there is the default one
    /// @param lengths each packet's length in bytes
    /// @param from index of the first
    /// @param count how many, 32 at most
    /// @param nowNanos [System#nanoTime]
    /// @return a bit for each, the first one's the lowest: set if it may be sent
    synchronized int admit(int id, int[] lengths, int from, int count, long nowNanos) {
        final Queue named = id == PortQos.DEFAULT_QUEUE ? first : queues.get(id);
        final Queue queue = named == null ? first : named;
        fill(all, nowNanos);
        fill(queue.least, nowNanos);
        fill(queue.most, nowNanos);
        int passing = 0;
        for (int i = 0; i < count; i++) {
            final int length = lengths[from + i];
            if (queue.count(passes(queue, Math.max(0, length - qos.uncounted()) * 8L), length)) {
                passing |= 1 << i;
            }
        }
        return passing;
    }

    private static void fill(TokenBucket bucket, long nowNanos) {
        if (bucket != null) {
            bucket.fill(nowNanos);
        }
    }

    // What a queue may always send counts among all that is sent: so the others have less.
    private boolean passes(Queue queue, long bits) {
        if (queue.most != null && !queue.most.has(bits)) {
            return false;
        }
        final boolean always = queue.least != null && queue.least.has(bits);
        if (!always && all != null && !all.has(bits)) {
            return false;
        }
        if (always) {
            queue.least.take(bits);
        }
        if (queue.most != null) {
            queue.most.take(bits);
        }
        if (all != null) {
            all.take(bits);
        }
        return true;
    }

    /// What went through the queues. Any thread.
    ///
    /// @return one for each, by id; none if there are no queues
    public synchronized List<QueueCounters> counters() {
        List<QueueCounters> some = new ArrayList<>(queues.size());
        for (int id : qos.queues().keySet()) {
            Queue q = queues.get(id);
            some.add(new QueueCounters(id, q.packets, q.bytes, q.errors, q.createdNanos));
        }
        return some;
    }
}
