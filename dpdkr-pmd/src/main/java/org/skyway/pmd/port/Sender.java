package org.skyway.pmd.port;

import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingProducer;

/// The sending half of a port: one ring at a time, as the transmit command says.
///
/// A change of rings takes up to three marks, see [TxMachine]. Until the last of them is in,
/// nothing is sent and the command is not acknowledged.
///
/// A sender that is stopped between its look at the command and the end of its burst shows that
/// burst when it goes on, and the switch may have cut it off by then. So it looks once more behind
/// each burst, and keeps one that it was to send elsewhere. This look needs no fence: of a command
/// that it is too early to see, the deadline is still to come.
final class Sender {
    private final String port;
    private final PmdLinks links;
    private final ControlBlock control;
    private final StatisticsBlock statistics;
    private final RingProducer normal;

    private final TxMachine machine = new TxMachine();
    private LinkEnd bypass; // null: sends into the normal ring
    private LateBurst late; // null: none

    private long bypassPackets;
    private long packetsBefore; // before the present epoch
    private long bypassBytes;
    private long refused;
    private long burstBytes;

    Sender(String port, PmdLinks links, NormalChannel channel) {
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
        if (command != machine.obeyed()) {
            obey(command);
        }
    }

    int send(long[] addresses, int[] lengths, int from, int count) {
        int sent = 0;
        burstBytes = 0;
        if (!machine.isBlocked()) {
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
        if (machine.isBlocked() || !ring.hasRoom(packets)) {
            checkFaults();
            return false;
        }
        return true;
    }

    /// Whether everything that was sent has been taken by its readers.
    boolean drained() {
        return !machine.isBlocked()
                && normal.usedCells() == 0
                && (bypass == null || bypass.producer.usedCells() == 0);
    }

    /// Stops using a link without touching its ring again.
    void abandon(LinkEnd link) {
        if (bypass == link) {
            bypass = null;
            late = null;
            machine.abandon();
        }
    }

    /// Obeys, and says whether a link's ring is still to be left.
    boolean isLeaving(LinkEnd link) {
        follow();
        return bypass == link && machine.isBlocked();
    }

    private int sendNormal(long[] addresses, int[] lengths, int from, int count) {
        final int sent = normal.offer(addresses, lengths, from, count);
        burstBytes = normal.writtenBytes();
        return sent;
    }

    private int sendDirect(long[] addresses, int[] lengths, int from, int count) {
        final RingProducer ring = bypass.producer;
        final long start = ring.written();
        final int sent = ring.write(addresses, lengths, from, count);
        burstBytes = ring.writtenBytes();
        // Counted before it is published: whoever sees a packet finds it counted.
        statistics.tx(bypassPackets += sent, bypassBytes += burstBytes);
        FaultPoint.TX_WRITTEN.reached();
        ring.publish();
        if (control.command() != machine.obeyed() && sent > 0) {
            final long before = bypassPackets - sent - packetsBefore;
            late = LateBurst.copy(start, before, addresses, lengths, from, sent);
        }
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
        FaultPoint.TX_TOLD.reached();
        final LinkEnd wanted = links.at(ControlBlock.slot(command));
        while (true) {
            final TxMachine.Act act =
                    machine.next(
                            command,
                            bypass == null || !bypass.producer.isFaulty(),
                            wanted != null && !wanted.producer.isFaulty());
            switch (act) {
                case END -> {
                    final long end = Mark.of(Mark.Kind.END, bypass.slot, machine.epoch());
                    if (bypass.producer.mark(end)) {
                        machine.ended();
                        FaultPoint.TX_ENDED.reached();
                    } else if (!bypass.producer.isFaulty()) {
                        return;
                    }
                }
                case TO_NORMAL -> {
                    if (!markNormal(Mark.Kind.TO_NORMAL, bypass.slot, machine.epoch())) {
                        return;
                    }
                    machine.returned();
                }
                case SEND_AGAIN -> {
                    if (!sendAgain()) {
                        return;
                    }
                    leave();
                    FaultPoint.TX_LEFT.reached();
                }
                case REPORT -> {
                    links.faulty(bypass, bypass.producer.fault());
                    leave();
                }
                case ABANDON -> leave();
                case TO_BYPASS -> {
                    final int epoch = ControlBlock.epoch(command);
                    if (!markNormal(Mark.Kind.TO_BYPASS, wanted.slot, epoch)) {
                        return;
                    }
                    FaultPoint.TX_MARKED.reached();
                    bypass = wanted;
                    packetsBefore = bypassPackets;
                    machine.began(command);
                    control.obeyed(command);
                    FaultPoint.TX_OBEYED.reached();
                }
                case ACKNOWLEDGE -> {
                    machine.acknowledged(command);
                    control.obeyed(command);
                }
                case WAIT, NONE -> {
                    return;
                }
            }
        }
    }

    /// What the switch has cut off goes the normal way, and was not bypassed.
    ///
    /// @return false if it is not known yet, or found no room; to be tried again
    private boolean sendAgain() {
        if (late == null) {
            return true;
        }
        final ControlBlock.Cut cut = control.cut(machine.epoch());
        if (cut != ControlBlock.Cut.RETURNED) {
            return cut != ControlBlock.Cut.BEGUN;
        }
        if (!late.isBehind(control.cutAt())) {
            return true;
        }
        late.read(control.cutRead());
        bypassPackets -= late.sendInto(normal);
        bypassBytes -= normal.writtenBytes();
        statistics.tx(bypassPackets, bypassBytes);
        if (normal.isFaulty()) {
            throw new PortFaultException(port, normal.fault());
        }
        return late.isSent();
    }

    private void leave() {
        bypass = null;
        late = null;
        machine.left();
    }

    /// @return false if it found no room; to be tried again
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
