package org.skyway.vswitch.link;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.datapath.MarkRoute;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.PatchPort;

/// Takes senders onto their bypass and off it again. Ofproto thread; waits for nobody.
///
/// A sender that leaves is first told so. When it has obeyed, the switch reads how far it has
/// written its bypass ring and limits the receiver to that; when the receiver has taken notice, the
/// link is off: whatever the sender does from then on, nothing that it writes there is delivered. A
/// sender that has not obeyed at the deadline is *cut off*: its receiver is limited all the same.
/// If it was stopped in the middle of a burst, it has counted what it publishes only when it goes
/// on, behind the limit. When the receiver has taken notice of that, so that it reads no more of it
/// than it has by then, the sender is told to send the rest again. What a sender has counted beyond
/// what was delivered when it has obeyed is lost, and counted as dropped at its port: that of one
/// that does not know of this, or whose receiver has not taken notice in time.
final class Exits {
    /// What a receiver has at least to take notice of its limit, and to keep a sender waiting for
    /// that.
    private static final long CHANCE_NANOS = 200_000_000L;

    private final LinkListener listener;
    private final long deadlineNanos;
    private final List<Cut> cuts = new ArrayList<>();
    private final LinkRecords records;

    /// A sender that was cut off and may still publish what it has counted.
    ///
    /// @param counted packets that it may say it has sent: what is more was lost
    /// @param most packets that an honest one can have lost
    /// @param note for the next switch
    private record Cut(Attachment sender, long counted, long most, int note) {}

    /// @param deadlineNanos how long a VNF may take to do as it is told
    /// @param records which epochs were given out
    Exits(LinkListener listener, long deadlineNanos, LinkRecords records) {
        this.records = records;
        this.listener = listener;
        this.deadlineNanos = deadlineNanos;
    }

    /// Tells a sender to use a bypass.
    void arm(Link link) {
        Attachment sender = link.sender();
        StatisticsBlock received = link.receiver().statistics();
        int slot = link.channel.slotOf(link.receiver());
        link.writtenBefore = link.channel.written(sender);
        link.deliveredBefore = received.rxPackets(slot);
        link.deliveredBytesBefore = received.rxBytes(slot);
        if (link.counters == null) { // or this is the second try
            link.counters = new SenderCounters(sender.statistics());
            listener.attach(link, link.counters);
        }
        link.begun = false;
        link.epoch = records.nextEpoch();
        route(link, slot);
        command(link, ControlBlock.Mode.BYPASS, link.epoch);
    }

    /// Where a mark comes out that another switch has sent by a patch port that is not on the
    /// link's way any more.
    ///
    /// @param all the patch ports that there are
    void reroute(Link link, Collection<PatchPort> all) {
        MarkRoute straight =
                new MarkRoute(
                        link.epoch, link.receiver().port(), link.channel.slotOf(link.receiver()));
        List<PatchPort> way = link.path.patches();
        for (PatchPort patch : all) {
            if (link.epoch != 0 && !way.contains(patch)) {
                patch.addRoute(straight);
            }
        }
    }

    // Marks take the way that packets take: by patch ports, if these lie between.
    private static void route(Link link, int slot) {
        List<PatchPort> patches = link.path.patches();
        DatapathPort next = link.receiver().port();
        for (int i = patches.size() - 1; i > 0; i -= 2) {
            patches.get(i).addRoute(new MarkRoute(link.epoch, next, slot));
            next = patches.get(i - 1);
        }
        link.sender().port().addRoute(new MarkRoute(link.epoch, next, slot));
    }

    /// Tells a sender to leave.
    ///
    /// @param mode [ControlBlock.Mode#NORMAL] or [ControlBlock.Mode#ABANDON]
    void ask(Link link, ControlBlock.Mode mode) {
        command(link, mode, records.nextEpoch());
    }

    private void command(Link link, ControlBlock.Mode mode, int epoch) {
        Attachment sender = link.sender();
        link.command = ControlBlock.command(mode, link.channel.slotOf(sender), epoch);
        link.commandedNanos = System.nanoTime();
        save(link); // before the VNF knows
        sender.command(link.command);
    }

    /// Notes for the next switch what a link is by now.
    void save(Link link) {
        RedoLog changes = records.changes();
        link.save(changes);
        changes.commit();
    }

    /// Does again what another switch may have done or not.
    void again(Link link) {
        if (link.situation().hurried()) {
            hurry(link);
        }
        List<LinkMachine.Command> todo = List.copyOf(link.todo);
        Attachment receiver = link.receiver();
        int slot = link.channel.slotOf(receiver);
        for (LinkAdoption.Again again :
                LinkAdoption.again(link.situation(), todo, link.epoch != 0)) {
            switch (again) {
                case ROUTE -> route(link, slot);
                case COMMAND -> link.sender().command(link.command);
                case LIMIT -> receiver.limit(slot, link.epoch, link.limitCursor, link.limit);
                case FREEZE -> freeze(link);
            }
        }
    }

    /// From now on somebody waits for a sender that has been asked to leave.
    void hurry(Link link) {
        link.deadlineNanos = System.nanoTime() + deadlineNanos;
    }

    /// Whether a sender that was asked to leave has had its time.
    boolean isLate(Link link, long now) {
        return link.situation().hurried() && now - link.deadlineNanos >= 0;
    }

    /// Whether a receiver has had its time to take notice of its limit. Who waits waits for both
    /// VNFs together, though the second must have its chance.
    boolean isNoticeLate(Link link, long now) {
        boolean hurried = link.situation().hurried();
        long alone = link.limitedNanos + (hurried ? CHANCE_NANOS : deadlineNanos);
        long by = hurried && link.deadlineNanos - alone > 0 ? link.deadlineNanos : alone;
        return now - by >= 0;
    }

    /// Tells the receiver where the bypass ends.
    void limit(Link link) {
        Attachment receiver = link.receiver();
        int slot = link.channel.slotOf(receiver);
        link.limit = receiver.nextLimit();
        if (link.situation().cut()) {
            link.sender().control().cutting(link.epoch);
        }
        link.senderWaitsNanos = System.nanoTime();
        link.limitCursor = link.channel.written(link.sender());
        save(link); // before the VNF knows
        receiver.limit(slot, link.epoch, link.limitCursor, link.limit);
        link.limitedNanos = System.nanoTime();
    }

    /// Tells a sender that was cut off what becomes of what it has written too late, as soon as
    /// that is known. Its receiver may be stopped, too: nothing is told as long as nobody waits for
    /// it. Nor is it to a sender that has left the epoch: there is room for one word, and the next
    /// epoch may need it.
    ///
    /// @param over whether it is told now, known or not
    void giveBack(Link link, boolean over, long now) {
        if (link.givenBack == link.epoch) {
            return;
        }
        Attachment sender = link.sender();
        if (ControlBlock.epoch(sender.control().obeyed()) - link.epoch > 0) {
            link.givenBack = link.epoch;
            return;
        }
        Attachment receiver = link.receiver();
        boolean known = receiver.isGone() || receiver.hasNoticed(link.limit);
        if (sender.isResting()) {
            link.senderWaitsNanos = now;
        }
        if (known || over || now - link.senderWaitsNanos >= CHANCE_NANOS) {
            long read =
                    receiver.statistics().rxPackets(link.channel.slotOf(receiver))
                            - link.deliveredBefore;
            ControlBlock.Cut cut = known ? ControlBlock.Cut.RETURNED : ControlBlock.Cut.LOST;
            sender.control().cut(cut, link.epoch, link.limitCursor, read);
            link.givenBack = link.epoch;
        }
    }

    /// Takes the figures of a sender that did not obey; what it has counted and not published is
    /// found out later.
    void freeze(Link link) {
        if (link.counters != null) {
            link.counters.settle();
        }
    }

    /// The receiver has read a link to its end, or nobody waits for that any more: now it is known
    /// what a sender that was cut off has lost.
    void correct(Link link) {
        SenderCounters counters = link.counters;
        if (counters == null) {
            return; // it was not cut off
        }
        StatisticsBlock received = link.receiver().statistics();
        int slot = link.channel.slotOf(link.receiver());
        counters.correct(
                received.rxPackets(slot) - link.deliveredBefore,
                received.rxBytes(slot) - link.deliveredBytesBefore);
        handOver(link, link.path, null, true);
    }

    /// Hands the sender's final figures over.
    void settle(Link link) {
        handOver(link, link.path, null, false);
    }

    /// Hands the sender's figures so far over; from now on the entries of another path count.
    void split(Link link, LinkPath path) {
        SenderCounters next = link.counters.split();
        handOver(link, path, next, false);
        listener.attach(link, next);
    }

    // What counters take over and that the link does without them is one change: whoever comes
    // after a switch that was killed finds every packet in one of the two.
    private void handOver(Link link, LinkPath path, SenderCounters next, boolean cut) {
        SenderCounters last = link.counters;
        if (last == null) {
            return;
        }
        last.settle();
        RedoLog changes = records.changes();
        listener.settle(link, last, changes);
        link.totalPackets += last.packets();
        link.totalBytes += last.bytes();
        link.counters = next;
        link.path = path;
        link.save(changes);
        if (cut) {
            int most = link.channel.cells();
            int note = records.cuts().add(link.sender(), last.counted(), most, changes);
            cuts.add(new Cut(link.sender(), last.counted(), most, note));
        }
        changes.commit();
    }

    /// Goes on with senders that were cut off by the switch before.
    ///
    /// @param vnfs those that are still there
    void adopt(Collection<Attachment> vnfs) {
        for (CutNotes.Note n : records.cuts().taken()) {
            Attachment sender =
                    vnfs.stream().filter(v -> v.regionId() == n.region()).findAny().orElse(null);
            if (sender != null) {
                RedoLog changes = records.changes();
                int note = records.cuts().add(sender, n.counted(), n.most(), changes);
                changes.commit();
                cuts.add(new Cut(sender, n.counted(), n.most(), note));
            }
        }
    }

    /// Counts what senders that were cut off have published too late, once they have obeyed.
    void countLost() {
        cuts.removeIf(c -> {
            boolean over = c.sender().isGone() || c.sender().hasObeyed();
            if (over) {
                records.cuts().remove(c.note());
                long lost = Math.min(c.most(), c.sender().statistics().txPackets() - c.counted());
                if (lost > 0) {
                    listener.lost(c.sender(), lost);
                }
            }
            return over;
        });
    }

    /// Whether something a VNF wrote is still to be looked at.
    boolean concerns(Attachment vnf) {
        return cuts.stream().anyMatch(c -> c.sender() == vnf);
    }

    /// Forgets what a VNF wrote.
    void forget(Attachment vnf) {
        cuts.removeIf(c -> {
            if (c.sender() == vnf) {
                records.cuts().remove(c.note());
            }
            return c.sender() == vnf;
        });
    }

    boolean isBusy() {
        return !cuts.isEmpty();
    }
}
