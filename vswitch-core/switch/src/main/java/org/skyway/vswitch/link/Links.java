package org.skyway.vswitch.link;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.skyway.agent.Agent;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.datapath.MarkRoute;
import org.skyway.vswitch.ofproto.FlowEntry;
import org.skyway.vswitch.port.Attachment;

/// The link manager: takes every link through its life ([LinkState]). Ofproto thread only; [#tick]
/// must be called every few milliseconds while there are links.
public final class Links {
    /// How long a VNF may take to obey before nobody waits for it any more.
    public static final long SILENT_NANOS = 2_000_000_000L;

    /// How long a channel that nobody uses stays plugged.
    public static final long LINGER_NANOS = 3_000_000_000L;

    /// How long what a dead VNF has sent may wait for a receiver that does not read.
    public static final long DRAIN_NANOS = 60_000_000_000L;

    /// How long a receiver may take to come to a bypass that its dead sender may not have begun.
    private static final long UNCERTAIN_NANOS = 1_000_000_000L;

    private static final long FIRST_RETRY_NANOS = 1_000_000_000L;
    private static final long LAST_RETRY_NANOS = 60_000_000_000L;

    private final RegionStore store;
    private final int cells;
    private final Agent agent;
    private final Executor owner;
    private final LinkListener listener;
    private final List<Link> links = new ArrayList<>();
    private int epochs;
    private long regions = System.currentTimeMillis() << 16; // no switch before has used them

    /// A link manager without links.
    ///
    /// @param store where link regions are made
    /// @param cells of each of their rings
    /// @param agent who plugs them
    /// @param owner the ofproto thread
    /// @param listener told of everything that happens
    public Links(RegionStore store, int cells, Agent agent, Executor owner, LinkListener listener) {
        this.store = store;
        this.cells = cells;
        this.agent = agent;
        this.owner = owner;
        this.listener = listener;
    }

    /// All links, in the order in which they were detected.
    ///
    /// @return a copy
    public List<Link> list() {
        return List.copyOf(links);
    }

    /// The rules make a link, or go on making it with other entries on its way.
    ///
    /// @param from the sender's VNF
    /// @param to the receiver's VNF
    /// @param path what its packets would meet in the switch
    public void want(Attachment from, Attachment to, LinkPath path) {
        Link link = find(from, to);
        if (link == null) {
            link = new Link(from, to, path);
            links.add(link);
            listener.stepped(link, null);
        } else {
            repath(link, path);
            link.wanted = true;
            link.leaving = false;
        }
        advance(link, System.nanoTime());
    }

    /// The links that a VNF sends on.
    ///
    /// @param from the VNF
    /// @return those that are wanted
    public List<Link> wantedFrom(Attachment from) {
        return links.stream().filter(l -> l.wanted && l.sender() == from).toList();
    }

    /// Takes links back: when this returns, every sender that is alive sends to the switch, and
    /// what it sent before is counted. Blocks until they have obeyed. One that does not for too
    /// long gets its links no more until it shows signs of life: it obeys before it sends again.
    ///
    /// @param revoked the links
    /// @param why for the record
    public void revoke(Collection<Link> revoked, String why) {
        List<Link> waiting = new ArrayList<>();
        for (Link link : revoked) {
            link.wanted = false;
            if (link.armed) {
                command(link, ControlBlock.Mode.NORMAL);
                step(link, LinkState.REVOKING, why);
                // One that rests sends nothing, and obeys before it sends again.
                if (!link.sender().isResting()) {
                    waiting.add(link);
                }
            }
        }
        long deadline = System.nanoTime() + SILENT_NANOS;
        for (int spins = 0; !waiting.isEmpty(); spins++) {
            waiting.removeIf(this::checkObeyed);
            if (waiting.isEmpty()) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                for (Link link : waiting) {
                    silent(link, "end");
                }
                return;
            }
            if (spins < 200) {
                Thread.onSpinWait();
            } else if (spins < 400) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(20_000);
            }
        }
    }

    /// A VNF's machine was paused or runs again. Links with it rest meanwhile: the switch takes
    /// what the other side sends to it, and nobody waits for it.
    ///
    /// @param vnf the VNF, marked as paused or not
    /// @param why for the record
    public void paused(Attachment vnf, String why) {
        rest(vnf, why);
        tick();
    }

    private void rest(Attachment vnf, String why) {
        if (vnf.isResting()) {
            for (Link link : links) {
                if (link.armed && (link.sender() == vnf || link.receiver() == vnf)) {
                    command(link, ControlBlock.Mode.NORMAL);
                    step(link, LinkState.REVOKING, why);
                }
            }
        }
    }

    private void silent(Link link, String verb) {
        Attachment vnf = link.sender();
        if (!vnf.isResting()) {
            vnf.silent();
            String what =
                    "did not %s bypass %s within %d ms"
                            .formatted(verb, link, SILENT_NANOS / 1_000_000);
            listener.silent(vnf, what);
            rest(vnf, "the VNF of port " + vnf.portName() + " " + what);
        }
    }

    /// A VNF's driver found in a link what can't be there and has stopped using it. As it does not
    /// say which link, all of its links are set up anew, each after a while.
    ///
    /// @param vnf the VNF
    /// @param why what it found
    public void broken(Attachment vnf, String why) {
        for (Link link : links) {
            if ((link.sender() == vnf || link.receiver() == vnf)
                    && (link.state() == LinkState.READY
                            || link.state() == LinkState.ACTIVE
                            || link.state() == LinkState.REVOKING)) {
                link.broken = why;
                if (inUse(link)) {
                    command(link, ControlBlock.Mode.NORMAL);
                    step(link, LinkState.REVOKING, why);
                }
            }
        }
        tick();
    }

    /// Takes the links of a VNF back and unplugs them without waiting for whether they will be
    /// wanted again.
    ///
    /// @param vnf the VNF
    /// @param why for the record
    public void withdraw(Attachment vnf, String why) {
        List<Link> concerned =
                links.stream().filter(l -> l.sender() == vnf || l.receiver() == vnf).toList();
        concerned.forEach(l -> l.leaving = true);
        revoke(concerned, why);
        tick();
    }

    /// A VNF is gone. Its senders are told to forget about it, and its receivers get the end of
    /// what it sent.
    ///
    /// @param vnf the VNF, marked as gone
    /// @param why for the record
    public void gone(Attachment vnf, String why) {
        for (Link link : links) {
            if (link.sender() == vnf) {
                senderGone(link, why);
            } else if (link.receiver() == vnf) {
                receiverGone(link, why);
            }
        }
        tick();
    }

    /// Does without link regions that a VNF has cut short.
    public void checkMemory() {
        List<Link> cut = new ArrayList<>();
        for (Link link : links) {
            if (link.channel != null && link.channel.isCutShort()) {
                cut.add(link);
            }
        }
        // Only now that none of them can fault any more.
        for (Link link : cut) {
            broken(link.sender(), "a VNF has cut the region of " + link + " short");
        }
    }

    /// Does what is due.
    ///
    /// @return whether anything is under way that wants another tick soon
    public boolean tick() {
        long now = System.nanoTime();
        boolean busy = false;
        for (Link link : List.copyOf(links)) {
            if (link.sender().isAwake()) {
                listener.awake(link.sender());
            }
            advance(link, now);
            busy |= link.state() != LinkState.ACTIVE && link.state() != LinkState.FAILED;
        }
        links.removeIf(l -> l.state() == LinkState.GONE);
        return busy;
    }

    /// Whether any link still needs a VNF's region.
    ///
    /// @param vnf the VNF
    /// @return true if so
    public boolean concerns(Attachment vnf) {
        return links.stream()
                .anyMatch(l ->
                        l.state() != LinkState.GONE && (l.sender() == vnf || l.receiver() == vnf));
    }

    /// What a link that is wanted waits for, besides VNFs that map it.
    ///
    /// @param link the link
    /// @return a few words; null if nothing keeps it from being active
    public String waitsFor(Link link) {
        if (!link.wanted) {
            return null;
        }
        if (link.state() == LinkState.FAILED) {
            long millis = Math.max(0, link.retryNanos - System.nanoTime()) / 1_000_000;
            return "tried again in %.1f s".formatted(millis / 1000.0);
        }
        if (link.state() == LinkState.READY && !link.armed) {
            for (Attachment vnf : List.of(link.sender(), link.receiver())) {
                if (vnf.isResting()) {
                    return "the VNF of port %s %s"
                            .formatted(
                                    vnf.portName(),
                                    vnf.isPaused() ? "is paused" : "does not answer");
                }
            }
            if (!senderIsFree(link)) {
                return "the sender has not ended another link yet";
            }
        }
        return null;
    }

    /// Lets go of all link regions, as the switch ends. VNFs that have them mapped go on using
    /// them.
    public void close() {
        for (Link link : links) {
            if (link.channel != null) {
                link.channel.close();
            }
        }
    }

    /// Whether an entry counts the packets of a link.
    ///
    /// @param entry the entry
    /// @return true if it is on a link's path
    public boolean uses(FlowEntry entry) {
        for (Link link : links) {
            if (link.path.entries().contains(entry)) {
                return true;
            }
        }
        return false;
    }

    /// Notes what senders have counted, so that the time of last use is known.
    public void sample() {
        for (Link link : links) {
            if (link.counters != null) {
                link.counters.sample();
            }
        }
    }

    // ---- the state machine

    private void advance(Link link, long now) {
        switch (link.state()) {
            case DETECTED -> detected(link, now);
            case PLUGGING -> plugging(link);
            case READY -> ready(link, now);
            case REVOKING -> revoking(link, now);
            case FAILED -> {
                if (!link.wanted) {
                    leave(link, link.reason());
                } else if (now - link.retryNanos >= 0) {
                    step(link, LinkState.DETECTED, "trying again");
                }
            }
            case UNPLUGGING -> {
                if (link.channel == null || link.channel.state() == Channel.State.GONE) {
                    step(link, LinkState.GONE, link.reason());
                }
            }
            case ACTIVE, GONE -> {}
        }
    }

    private void detected(Link link, long now) {
        if (!link.wanted) {
            leave(link, "the rules changed");
            return;
        }
        Channel channel = channelBetween(link.sender(), link.receiver());
        if (channel == null) {
            try {
                channel =
                        Channel.plug(
                                store,
                                ++regions,
                                cells,
                                link.sender(),
                                link.receiver(),
                                agent,
                                owner,
                                c -> tick());
            } catch (IOException e) {
                fail(link, e.getMessage());
                return;
            }
        }
        link.channel = channel;
        step(link, LinkState.PLUGGING, "asked both sides to map " + channel);
    }

    private void plugging(Link link) {
        if (link.channel.state() == Channel.State.PLUGGED) {
            if (link.channel.failure() != null) {
                String why = link.channel.failure();
                dropChannel(link.channel, why);
            } else {
                link.failures = 0;
                step(link, LinkState.READY, "both sides have mapped it");
                ready(link, System.nanoTime());
            }
        }
    }

    // A channel that could not be plugged is of no use to either direction.
    private void dropChannel(Channel channel, String why) {
        for (Link link : links) {
            if (link.channel == channel && link.state() == LinkState.PLUGGING) {
                link.channel = null;
                fail(link, why);
            }
        }
        channel.unplug(c -> tick());
    }

    private void ready(Link link, long now) {
        if (link.broken != null && !link.armed) {
            String why = link.broken;
            Channel channel = link.channel;
            link.broken = null;
            link.channel = null;
            fail(link, why);
            if (links.stream().noneMatch(l -> l.channel == channel)) {
                channel.unplug(c -> tick());
            }
        } else if (link.armed) {
            if (link.sender().control().obeyed() == link.command) {
                link.activations++;
                step(link, LinkState.ACTIVE, "the sender has obeyed");
            } else if (!link.sender().isResting() && now - link.commandedNanos > SILENT_NANOS) {
                silent(link, "begin");
            }
        } else if (link.sender().isGone() || link.receiver().isGone()) {
            leave(link, "a VNF is gone");
        } else if (link.wanted) {
            if (senderIsFree(link) && !link.sender().isResting() && !link.receiver().isResting()) {
                arm(link);
            }
        } else if (link.leaving || now - link.sinceNanos() > LINGER_NANOS) {
            leave(link, "not used for a while");
        }
    }

    private void revoking(Link link, long now) {
        if (!link.obeyed && !checkObeyed(link)) {
            return;
        }
        boolean drained =
                link.broken != null
                        || link.receiver().isGone()
                        || link.receiver().control().ended(link.channel.slotOf(link.receiver()))
                                == link.epoch
                        || (!link.sender().isGone()
                                && link.channel.written(link.sender()) == link.writtenBefore)
                        || (link.sender().isGone()
                                && now - link.sinceNanos()
                                        > (link.begun ? DRAIN_NANOS : UNCERTAIN_NANOS));
        if (drained) {
            step(link, LinkState.READY, "the receiver has read it to the end");
            ready(link, now);
        }
    }

    // Only the sender's last command counts, so it must not belong to another link still to be
    // ended.
    private boolean senderIsFree(Link link) {
        for (Link other : links) {
            if (other != link
                    && other.sender() == link.sender()
                    && (other.armed || !other.obeyed)) {
                return false;
            }
        }
        return true;
    }

    private void arm(Link link) {
        Attachment sender = link.sender();
        link.writtenBefore = link.channel.written(sender);
        link.counters = new SenderCounters(sender.statistics());
        listener.attach(link, link.counters);
        link.armed = true;
        link.obeyed = false;
        command(link, ControlBlock.Mode.BYPASS);
    }

    private void command(Link link, ControlBlock.Mode mode) {
        Attachment sender = link.sender();
        int epoch = ++epochs;
        if (mode == ControlBlock.Mode.BYPASS) {
            link.epoch = epoch;
            int slot = link.channel.slotOf(link.receiver());
            sender.port().addRoute(new MarkRoute(epoch, link.receiver().port(), slot));
        } else {
            link.armed = false;
        }
        link.command = ControlBlock.command(mode, link.channel.slotOf(sender), epoch);
        link.commandedNanos = System.nanoTime();
        sender.control().command(link.command);
    }

    // Whether the sender is off the bypass; if so, settles what it counted there.
    private boolean checkObeyed(Link link) {
        if (!link.obeyed
                && (link.sender().isGone() || link.sender().control().obeyed() == link.command)) {
            link.obeyed = true;
            settle(link);
        }
        return link.obeyed;
    }

    private void settle(Link link) {
        if (link.counters != null) {
            link.counters.settle();
            listener.settle(link, link.counters);
            link.totalPackets += link.counters.packets();
            link.totalBytes += link.counters.bytes();
            link.counters = null;
        }
    }

    private void repath(Link link, LinkPath path) {
        if (link.path.equals(path)) {
            return;
        }
        if (link.counters == null) {
            link.path = path;
            return;
        }
        SenderCounters next = link.counters.split();
        settle(link);
        link.path = path;
        link.counters = next;
        listener.attach(link, next);
    }

    private void senderGone(Link link, String why) {
        link.wanted = false;
        boolean inUse = inUse(link) || link.state() == LinkState.REVOKING;
        link.begun =
                inUse && ControlBlock.epoch(link.sender().control().obeyed()) - link.epoch >= 0;
        link.armed = false;
        if (!inUse) {
            return;
        }
        link.obeyed = true;
        settle(link);
        if (link.state() != LinkState.REVOKING) {
            step(link, LinkState.REVOKING, why);
        }
        try {
            link.channel.endFor(link.sender(), link.epoch);
        } catch (RingFormatException e) {
            fail(link, e.getMessage());
        }
    }

    private void receiverGone(Link link, String why) {
        link.wanted = false;
        if (inUse(link)) {
            command(link, ControlBlock.Mode.ABANDON);
            step(link, LinkState.REVOKING, why);
        }
    }

    // One that is active and not armed is one whose memory was cut short in the middle of its end.
    private static boolean inUse(Link link) {
        return link.armed || link.state() == LinkState.ACTIVE;
    }

    private void fail(Link link, String why) {
        long wait = Math.min(FIRST_RETRY_NANOS << Math.min(link.failures, 6), LAST_RETRY_NANOS);
        link.failures++;
        link.retryNanos = System.nanoTime() + wait;
        step(link, LinkState.FAILED, why);
    }

    private void leave(Link link, String why) {
        step(link, LinkState.UNPLUGGING, why);
        Channel channel = link.channel;
        if (channel == null) {
            step(link, LinkState.GONE, why);
            return;
        }
        boolean shared =
                links.stream()
                        .anyMatch(l ->
                                l.channel == channel
                                        && l.state() != LinkState.UNPLUGGING
                                        && l.state() != LinkState.GONE);
        if (shared) {
            link.channel = null;
            step(link, LinkState.GONE, why);
        } else {
            channel.unplug(c -> tick());
        }
    }

    private Link find(Attachment from, Attachment to) {
        for (Link link : links) {
            if (link.sender() == from
                    && link.receiver() == to
                    && link.state() != LinkState.UNPLUGGING
                    && link.state() != LinkState.GONE) {
                return link;
            }
        }
        return null;
    }

    private Channel channelBetween(Attachment x, Attachment y) {
        for (Link link : links) {
            Channel c = link.channel;
            if (c != null
                    && c.joins(x, y)
                    && c.failure() == null
                    && link.broken == null
                    && (c.state() == Channel.State.PLUGGING
                            || c.state() == Channel.State.PLUGGED)) {
                return c;
            }
        }
        return null;
    }

    private void step(Link link, LinkState next, String why) {
        LinkState before = link.state();
        link.step(next, why);
        listener.stepped(link, before);
    }
}
