package org.skyway.pmd.port;

import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingConsumer;

/// The receiving half of a port: the normal ring, and the bypass ring of each sender that is on
/// one, in turn.
///
/// A mark is obeyed only when it is the next record of its ring and nothing of that ring is still
/// in the VNF's hands, so everything before it was delivered by an earlier burst.
final class Receiver {
    // Marks come two to a change of a link; more in a row are left for the next poll.
    private static final int MARKS_PER_POLL = 2 * ControlBlock.SLOTS;

    private final String port;
    private final PmdLinks links;
    private final ControlBlock control;
    private final StatisticsBlock statistics;
    private final RingConsumer normal;
    private boolean normalHeld;

    private final LinkEnd[] reading = new LinkEnd[ControlBlock.SLOTS];
    private int readingCount;
    private int turn;
    private long burstBytes;
    private boolean more; // a ring may have more than it gave
    private long obeyedLimit;

    private final long[] packets = new long[ControlBlock.SLOTS];
    private final long[] bytes = new long[ControlBlock.SLOTS];
    private long skippedMarks;
    private long turns; // of bypasses: begun or ended

    /// @param before the receiver of the port's former normal channel, of which nothing is held;
    ///   its links go on. Null for the first
    Receiver(String port, PmdLinks links, NormalChannel channel, Receiver before) {
        this.port = port;
        this.links = links;
        control = channel.control();
        statistics = channel.statistics();
        normal = channel.fromSwitch();
        for (int slot = 0; slot < ControlBlock.SLOTS; slot++) {
            packets[slot] = statistics.rxPackets(slot);
            bytes[slot] = statistics.rxBytes(slot);
        }
        if (before != null) {
            turns = before.turns;
            readingCount = before.readingCount;
            System.arraycopy(before.reading, 0, reading, 0, readingCount);
        }
    }

    /// Takes notice of limits that the switch has set. Once per poll.
    void follow() {
        final long command = control.rxCommand();
        if (command != obeyedLimit) {
            FaultPoint.RX_LIMITED.reached();
            obeyedLimit = command;
            for (int i = 0; i < readingCount; i++) {
                limit(reading[i]);
            }
            control.rxObeyed(command);
        }
    }

    private void limit(LinkEnd link) {
        if (control.limitedEpoch(link.slot) == link.readingEpoch) {
            link.consumer.limit(control.limit(link.slot));
        }
    }

    /// Gives back what the last burst showed, and shows the next.
    int receive(long[] addresses, int[] lengths, int from, int max) {
        release();
        burstBytes = 0;
        if (readingCount == 0) {
            final int count = readNormal(addresses, lengths, from, max);
            if (count > 0 || readingCount == 0) {
                return count;
            }
        } else if (readingCount == 1 && max > 0 && normal.isEmpty()) {
            // By far the most frequent: all there is to share is one ring's.
            final int count = readLink(reading[0], addresses, lengths, from, max);
            if (count > 0) {
                return count;
            }
        }
        turn = turn + 1 > readingCount ? 0 : turn + 1;
        more = false;
        // First each ring has its share; then who has more may fill what others left.
        int count = receiveInTurn(addresses, lengths, from, max, true);
        if (more && count < max) {
            count += receiveInTurn(addresses, lengths, from + count, max - count, false);
        }
        return count;
    }

    /// Bytes of the packets that the last [#receive] showed.
    long burstBytes() {
        return burstBytes;
    }

    private int receiveInTurn(long[] addresses, int[] lengths, int from, int max, boolean share) {
        final int rings = readingCount + 1; // the normal one is number 0
        int count = 0;
        for (int i = 0; i < rings && count < max; i++) {
            final int ring = turn + i < rings ? turn + i : turn + i - rings;
            final int most = share ? (max - count) / (rings - i) : max - count;
            count += read(ring, addresses, lengths, from + count, most);
        }
        return count;
    }

    /// Gives everything that was shown back to its senders.
    void release() {
        if (normalHeld) {
            normalHeld = false;
            normal.release();
        }
        for (int i = 0; i < readingCount; i++) {
            if (reading[i].held) {
                reading[i].held = false;
                reading[i].consumer.release();
            }
        }
    }

    boolean holdsNormal() {
        return normalHeld;
    }

    /// How often a bypass was begun or ended.
    long turns() {
        return turns;
    }

    /// Stops reading a link, of which nothing is held.
    void stop(LinkEnd link) {
        turns += link.reading ? 1 : 0;
        link.reading = false;
        link.draining = false;
        for (int i = 0; i < readingCount; i++) {
            if (reading[i] == link) {
                reading[i] = reading[--readingCount];
                reading[readingCount] = null;
            }
        }
    }

    /// Marks about links that are not attached here.
    long skippedMarks() {
        return skippedMarks;
    }

    private int read(int ring, long[] addresses, int[] lengths, int from, int max) {
        if (max == 0) {
            more = true;
            return 0;
        }
        int count = 0;
        if (ring == 0) {
            count = readNormal(addresses, lengths, from, max);
        } else if (ring <= readingCount) { // fewer than before if one has just ended
            count = readLink(reading[ring - 1], addresses, lengths, from, max);
        }
        more |= count == max;
        return count;
    }

    private int readNormal(long[] addresses, int[] lengths, int from, int max) {
        for (int marks = 0; marks <= MARKS_PER_POLL; marks++) {
            final int count = normal.peek(addresses, lengths, from, max);
            if (count > 0) {
                normalHeld = true;
                burstBytes += normal.shownBytes();
                return count;
            }
            final long mark = normal.mark();
            if (mark == 0) {
                if (normal.isFaulty()) {
                    throw new PortFaultException(port, normal.fault());
                }
                return 0;
            }
            if (normalHeld || !obey(mark)) {
                return 0;
            }
            normal.takeMark();
            more = true;
        }
        return 0;
    }

    private int readLink(LinkEnd link, long[] addresses, int[] lengths, int from, int max) {
        final int count = link.consumer.peek(addresses, lengths, from, max);
        if (count > 0) {
            link.held = true;
            final long shown = link.consumer.shownBytes();
            burstBytes += shown;
            statistics.rx(link.slot, packets[link.slot] += count, bytes[link.slot] += shown);
            return count;
        }
        if (link.held) {
            return 0;
        }
        final long mark = link.consumer.mark();
        if (mark != 0) {
            if (RxRules.bypass(mark, link.readingEpoch) == RxRules.Verdict.ENDED) {
                link.consumer.takeMark();
                FaultPoint.RX_ENDED.reached();
                stop(link);
                control.ended(link.slot, link.readingEpoch);
                more = true; // the normal ring may have waited for this
            } else {
                fail(
                        link,
                        "mark 0x%016x in its bypass ring is not the END of epoch %d"
                                .formatted(mark, link.readingEpoch));
            }
        } else if (link.consumer.isFaulty()) {
            fail(link, link.consumer.fault());
        } else if (link.consumer.isAtLimit()) {
            // The switch ended the epoch for a sender that did not; it replaces the link.
            stop(link);
            control.ended(link.slot, link.readingEpoch);
            more = true;
        }
        return 0;
    }

    /// Obeys a mark of the normal ring.
    ///
    /// @return false if the normal ring must wait in front of it
    private boolean obey(long mark) {
        final LinkEnd link = links.at(Mark.slot(mark));
        final RxRules.Verdict verdict =
                link == null
                        ? RxRules.normal(mark, false, false, false, 0, false, false)
                        : RxRules.normal(
                                mark,
                                true,
                                !link.consumer.isFaulty(),
                                link.reading,
                                link.readingEpoch,
                                endsReading(link, mark) && drained(link),
                                link.consumer.isAtLimit());
        switch (verdict) {
            case BEGIN -> begin(link, Mark.epoch(mark));
            case FAULT ->
                    fail(
                            link,
                            "its bypass ring has no END of epoch %d".formatted(link.readingEpoch));
            case SKIP -> skippedMarks++;
            case TAKE, ENDED, WAIT -> {}
        }
        return verdict != RxRules.Verdict.WAIT;
    }

    private static boolean endsReading(LinkEnd link, long mark) {
        return Mark.is(mark, Mark.Kind.TO_NORMAL)
                && link.reading
                && link.readingEpoch == Mark.epoch(mark);
    }

    private void begin(LinkEnd link, int epoch) {
        if (!link.reading) {
            reading[readingCount++] = link;
        }
        FaultPoint.RX_BEGUN.reached();
        turns++;
        link.reading = true;
        link.draining = false;
        link.readingEpoch = epoch;
        link.consumer.unlimit();
        limit(link); // it may have been ended before it was begun
    }

    /// Whether a ring has been delivered up to where it was written when its TO_NORMAL was seen
    /// first. A sender that left its END out can't make the normal ring wait longer.
    private static boolean drained(LinkEnd link) {
        if (!link.draining) {
            link.draining = true;
            link.drainTo = link.consumer.written();
        }
        return !link.held && link.consumer.shown() - link.drainTo >= 0;
    }

    private void fail(LinkEnd link, String fault) {
        stop(link);
        links.faulty(link, fault);
    }
}
