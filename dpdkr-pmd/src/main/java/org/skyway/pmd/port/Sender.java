package org.skyway.pmd.port;

import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingProducer;

/// The sending half of a port: one ring at a time, as the transmit command says.
///
/// A change of rings takes up to three marks, each of which may have to wait for room. Until the
/// last of them is in, nothing is sent and the command is not acknowledged, so both neighbours see
/// every packet on the right side of the marks. A newer command (the switch gave up waiting) may
/// come in between; what was begun is ended first.
final class Sender {
    private final String port;
    private final Links links;
    private final ControlBlock control;
    private final StatisticsBlock statistics;
    private final RingProducer normal;

    private LinkEnd bypass; // null: sends into the normal ring
    private int epoch; // of the bypass
    private boolean endWritten; // END is in, TO_NORMAL not yet
    private boolean blocked; // a mark waits for room
    private long obeyed;

    private long bypassPackets;
    private long bypassBytes;
    private long refused;
    private long burstBytes;

    Sender(String port, Links links, NormalChannel channel) {
        this.port = port;
        this.links = links;
        control = channel.control();
        statistics = channel.statistics();
        normal = channel.toSwitch();
        // Counters go on where an earlier VNF of this port stopped: they never go back.
        bypassPackets = statistics.txPackets();
        bypassBytes = statistics.txBytes();
        refused = statistics.txRefused();
    }

    /// Obeys the transmit command if it is new. Once per poll.
    void follow() {
        final long command = control.command();
        if (command != obeyed) {
            obey(command);
        }
    }

    int send(long[] addresses, int[] lengths, int from, int count) {
        int sent = 0;
        burstBytes = 0;
        if (!blocked) {
            sent =
                    bypass == null
                            ? sendNormal(addresses, lengths, from, count)
                            : sendDirect(addresses, lengths, from, count);
        }
        if (sent < count) {
            statistics.txRefused(refused += count - sent);
            checkFaults();
        }
        return sent;
    }

    /// Bytes of the packets that the last [#send] took.
    long burstBytes() {
        return burstBytes;
    }

    /// Whether it is worth while to make so many packets.
    boolean hasRoom(int packets) {
        final RingProducer ring = bypass == null ? normal : bypass.producer;
        if (blocked || !ring.hasRoom(packets)) {
            checkFaults();
            return false;
        }
        return true;
    }

    /// Whether everything that was sent has been taken by its readers.
    boolean drained() {
        return !blocked
                && normal.usedCells() == 0
                && (bypass == null || bypass.producer.usedCells() == 0);
    }

    /// Stops using a link without touching its ring again.
    void abandon(LinkEnd link) {
        if (bypass == link) {
            bypass = null;
            endWritten = false;
            blocked = false;
        }
    }

    private int sendNormal(long[] addresses, int[] lengths, int from, int count) {
        final int sent = normal.offer(addresses, lengths, from, count);
        burstBytes = normal.writtenBytes();
        return sent;
    }

    private int sendDirect(long[] addresses, int[] lengths, int from, int count) {
        final RingProducer ring = bypass.producer;
        final int sent = ring.write(addresses, lengths, from, count);
        burstBytes = ring.writtenBytes();
        // Counted before it is published: whoever sees a packet finds it counted.
        statistics.tx(bypassPackets += sent, bypassBytes += burstBytes);
        ring.publish();
        return sent;
    }

    private void checkFaults() {
        if (normal.isFaulty()) {
            throw new PortFaultException(port, normal.fault());
        }
        if (bypass != null && bypass.producer.isFaulty()) {
            links.faulty(bypass, bypass.producer.fault());
            abandon(bypass);
        }
    }

    private void obey(long command) {
        final Mode mode = ControlBlock.mode(command);
        blocked = true;
        if (bypass != null && !leave(mode == Mode.ABANDON)) {
            return;
        }
        if (mode == Mode.BYPASS) {
            final LinkEnd link = links.at(ControlBlock.slot(command));
            if (link == null || link.producer.isFaulty()) {
                // Not acknowledged, so the switch gives this link up; until then nothing changes.
                blocked = false;
                return;
            }
            if (!markNormal(Mark.Kind.TO_BYPASS, link.slot, ControlBlock.epoch(command))) {
                return;
            }
            bypass = link;
            epoch = ControlBlock.epoch(command);
        }
        blocked = false;
        obeyed = command;
        control.obeyed(command);
    }

    /// @return false if a mark found no room; to be tried again
    private boolean leave(boolean abandon) {
        if (!abandon) {
            endWritten =
                    endWritten || bypass.producer.mark(Mark.of(Mark.Kind.END, bypass.slot, epoch));
            if (bypass.producer.isFaulty()) {
                links.faulty(bypass, bypass.producer.fault());
            } else if (!endWritten || !markNormal(Mark.Kind.TO_NORMAL, bypass.slot, epoch)) {
                return false;
            }
        }
        bypass = null;
        endWritten = false;
        return true;
    }

    private boolean markNormal(Mark.Kind kind, int slot, int markEpoch) {
        if (normal.mark(Mark.of(kind, slot, markEpoch))) {
            return true;
        }
        if (normal.isFaulty()) {
            throw new PortFaultException(port, normal.fault());
        }
        return false;
    }
}
