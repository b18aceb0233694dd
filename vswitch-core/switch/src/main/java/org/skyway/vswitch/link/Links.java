package org.skyway.vswitch.link;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.skyway.agent.Agent;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.ivshmem.region.RegionIds;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.link.LinkMachine.Event;
import org.skyway.vswitch.link.LinkMachine.State;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.tables.FlowEntry;

/// The link manager: all links, and what others have happen to them. Ofproto thread only; [#tick]
/// must be called every few milliseconds while there are links.
public final class Links {
    /// How long a channel that nobody uses stays plugged.
    public static final long LINGER_NANOS = 3_000_000_000L;

    /// How long what a dead VNF has sent may wait for a receiver that does not read.
    public static final long DRAIN_NANOS = 60_000_000_000L;

    private final LinkListener listener;
    private final LinkRecords records;
    private final Channels channels;
    private final Exits exits;
    private final LinkSteps steps;
    private final LinkWatch watch;
    private final List<Link> links = new ArrayList<>();

    /// A link manager without links.
    ///
    /// @param store where link regions are made
    /// @param ids for them
    /// @param cells of each of their rings
    /// @param agent who plugs them
    /// @param owner the ofproto thread
    /// @param listener told of everything that happens
    /// @param deadlineNanos how long a VNF may take to obey, usually [#DEADLINE_NANOS]
    /// @param records where links are noted for the next switch
    public Links(
            RegionStore store,
            RegionIds ids,
            int cells,
            Agent agent,
            Executor owner,
            LinkListener listener,
            long deadlineNanos,
            LinkRecords records) {
        this.listener = listener;
        this.records = records;
        exits = new Exits(listener, deadlineNanos, records);
        channels = new Channels(store, ids, cells, agent, owner, links, records, this::tick);
        steps = new LinkSteps(links, exits, channels, listener, deadlineNanos);
        watch = new LinkWatch(links, exits, channels, steps, deadlineNanos);
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
        } else if (link.unclaimed) {
            claim(link, path);
            steps.happens(link, Event.WANTED, "the rules make it a link");
        } else {
            steps.repath(link, path);
            steps.happens(link, Event.WANTED, "the rules make it a link");
        }
        watch.advance(link);
    }

    private void claim(Link link, LinkPath path) {
        link.unclaimed = false;
        if (link.counters == null || link.noted != null) {
            steps.repath(link, path);
        } else {
            link.path = path; // who counted before there was no room to note
            listener.attach(link, link.counters);
        }
    }

    /// Goes on with the links of the switch before, whose packets count where they did. They wait
    /// for [#want] to say that they are links, and end with [#endAdoption] if it does not.
    ///
    /// @param vnfs those that are still there
    /// @param patches ports by which marks may be on their way
    /// @return the files of their regions, and the VNFs that have to begin anew, as a region of
    ///   theirs is gone
    public Adopted adopt(Collection<Attachment> vnfs, Collection<PatchPort> patches) {
        Adopted adopted = new Adopted(new ArrayList<>(), new ArrayList<>());
        exits.adopt(vnfs);
        Map<Integer, Attachment> byPort = new HashMap<>();
        vnfs.forEach(v -> byPort.put(LinkRecords.tag(v.port()), v));
        List<LinkRecords.Record> taken = records.taken();
        records.adopted();
        List<Link> others = List.copyOf(links);
        for (LinkRecords.Record record : taken) {
            Attachment a = byPort.get(record.portA());
            Attachment b = byPort.get(record.portB());
            Channel channel = a == null || b == null ? null : channels.adopt(record, a, b);
            if (channel == null) {
                record.free();
                Stream.of(a, b).filter(Objects::nonNull).forEach(adopted.lost()::add);
                continue;
            }
            adopted.regions().add(channel.path());
            boolean used = false;
            if (record.state() == Channel.State.PLUGGED) {
                used |= adopt(record, channel, a, b, true);
                used |= adopt(record, channel, b, a, false);
            }
            if (!used) {
                channels.unplug(channel);
            }
        }
        List<Link> found = new ArrayList<>(links);
        found.removeAll(others);
        for (Link link : found) {
            if (link.counters != null && link.noted != null) {
                listener.attach(link, link.counters);
            }
            exits.again(link);
            exits.reroute(link, patches);
            listener.stepped(link, null);
        }
        // The other switch may have come to one of the two directions only.
        for (Link link : found) {
            if (link.situation().broken()) {
                String cut = LinkWatch.CUT_OFF;
                String why = link.situation().cut() ? cut : "it was broken at the switch before";
                steps.replace(link.channel, why);
            }
        }
        return adopted;
    }

    /// What came of the links of the switch before.
    ///
    /// @param regions files of link regions that are used
    /// @param lost VNFs that have to begin anew
    public record Adopted(List<Path> regions, List<Attachment> lost) {}

    private boolean adopt(
            LinkRecords.Record record,
            Channel channel,
            Attachment sender,
            Attachment receiver,
            boolean fromA) {
        if (!record.has(fromA)) {
            return false;
        }
        Link link = new Link(sender, receiver, LinkPath.UNKNOWN);
        record.restore(link, fromA);
        if (!LinkAdoption.goesOn(link.situation())) {
            record.drop(fromA);
            return false;
        }
        link.channel = channel;
        link.unclaimed = true;
        links.add(link);
        return true;
    }

    /// By now the rules have said which links they make: the others of those that were adopted end.
    public void endAdoption() {
        for (Link link : List.copyOf(links)) {
            if (link.unclaimed) {
                claim(link, link.path);
                steps.happens(link, Event.UNWANTED, "the rules do not make it a link any more");
            }
        }
        tick();
    }

    /// The links that a VNF sends on.
    ///
    /// @param from the VNF
    /// @return those that are wanted
    public List<Link> wantedFrom(Attachment from) {
        return links.stream().filter(l -> l.situation().wanted() && l.sender() == from).toList();
    }

    /// Begins to take links back, for good. When [#isOff] says so, what their senders sent is
    /// counted and nothing that they still write there is delivered; a VNF that does not do as it
    /// is told for too long gets links no more until it shows signs of life, and then ever later.
    ///
    /// @param revoked the links; those that are on their way off already are hastened
    /// @param why for the record
    public void revoke(Collection<Link> revoked, String why) {
        steps.all(revoked, Event.UNWANTED, why);
        advanceExits();
    }

    /// Somebody waits for links that are on their way off, for whatever reason. One that is still
    /// wanted comes back after that.
    ///
    /// @param leaving of those that [#leaving] names
    public void hasten(Collection<Link> leaving) {
        steps.all(leaving, Event.HASTENED, "");
        advanceExits();
    }

    /// Whether nothing that its sender still writes to a link is delivered, or was ever to be.
    ///
    /// @param link the link
    /// @return true if so
    public static boolean isOff(Link link) {
        return link.situation().state().isOff() && link.todo.isEmpty();
    }

    /// The links that are on their way off.
    ///
    /// @return those that are not [#isOff] and that no sender is to use
    public List<Link> leaving() {
        return links.stream().filter(l -> l.situation().state().isLeaving()).toList();
    }

    /// Does what is due about links on their way off. Cheap; to be called often while somebody
    /// waits.
    public void advanceExits() {
        for (Link link : List.copyOf(links)) {
            if (!isOff(link) && !link.situation().state().isArmed()) {
                watch.advance(link);
            }
        }
    }

    /// A VNF's machine was paused or runs again. Links with it rest meanwhile: the switch takes
    /// what the other side sends to it, and nobody waits for it.
    ///
    /// @param vnf the VNF, marked as paused or not
    /// @param why for the record
    public void paused(Attachment vnf, String why) {
        steps.rest(vnf, why);
        tick();
    }

    /// A VNF's driver found in a link what can't be there and has stopped using it. Its channel is
    /// set up anew after a while.
    ///
    /// @param vnf the VNF
    /// @param slot the link's at that VNF; negative if it is not known, which stands for all
    /// @param why what it found
    public void broken(Attachment vnf, int slot, String why) {
        for (Link link : steps.of(vnf)) {
            if (link.channel != null && (slot < 0 || link.channel.slotOf(vnf) == slot)) {
                link.unreadable = true;
                steps.happens(link, Event.BROKEN, why);
            }
        }
        tick();
    }

    /// Takes the links of a VNF back and unplugs them without waiting for whether they will be
    /// wanted again.
    ///
    /// @param vnf the VNF
    /// @param why for the record
    /// @return the links, on their way off
    public List<Link> withdraw(Attachment vnf, String why) {
        List<Link> concerned = steps.of(vnf);
        steps.all(concerned, Event.WITHDRAWN, why);
        tick();
        return concerned;
    }

    /// A VNF is gone. Its senders are told to forget about it, and its receivers get the end of
    /// what it sent.
    ///
    /// @param vnf the VNF, marked as gone
    /// @param why for the record
    public void gone(Attachment vnf, String why) {
        for (Link link : steps.of(vnf)) {
            if (link.sender() == vnf) {
                if (!link.situation().state().isOff()) {
                    int obeyed = ControlBlock.epoch(vnf.control().obeyed());
                    link.begun = obeyed - link.epoch >= 0;
                } else if (link.isIn(State.DRAINING)) {
                    link.begun = link.channel.written(vnf) != link.writtenBefore;
                }
                steps.happens(link, Event.SENDER_GONE, why);
            } else {
                steps.happens(link, Event.RECEIVER_GONE, why);
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
            link.unreadable = true;
            steps.replace(link.channel, "a VNF has cut the region of " + link + " short");
        }
    }

    /// Does what is due.
    ///
    /// @return whether anything is under way that wants another tick soon
    public boolean tick() {
        boolean busy = exits.isBusy();
        exits.countLost();
        for (Link link : List.copyOf(links)) {
            try {
                for (Attachment vnf : List.of(link.sender(), link.receiver())) {
                    if (vnf.isAwake()) {
                        listener.awake(vnf);
                    }
                }
                watch.advance(link);
            } catch (RuntimeException e) {
                listener.survived(link, e);
            }
            busy |= link.state() != LinkState.ACTIVE && link.state() != LinkState.FAILED;
        }
        links.removeIf(l -> l.isIn(State.GONE));
        return busy;
    }

    /// Whether any link still needs a VNF's region.
    ///
    /// @param vnf the VNF
    /// @return true if so
    public boolean concerns(Attachment vnf) {
        return exits.concerns(vnf)
                || links.stream().anyMatch(l -> !l.isIn(State.GONE) && l.has(vnf));
    }

    /// What a link that is wanted waits for, besides VNFs that map it.
    ///
    /// @param link the link
    /// @return a few words; null if nothing keeps it from being active
    public String waitsFor(Link link) {
        if (!link.situation().wanted()) {
            return null;
        }
        if (link.isIn(State.FAILED)) {
            long millis = Math.max(0, link.retryNanos - System.nanoTime()) / 1_000_000;
            return "tried again in %.1f s".formatted(millis / 1000.0);
        }
        if (link.isIn(State.READY)) {
            for (Attachment vnf : List.of(link.sender(), link.receiver())) {
                if (vnf.isResting()) {
                    return "the VNF of port %s %s"
                            .formatted(
                                    vnf.portName(),
                                    vnf.isPaused() ? "is paused" : "does not answer");
                }
            }
            if (!watch.senderIsFree(link)) {
                return "the sender has not ended another link yet";
            }
        }
        return null;
    }

    /// A VNF's bridge ends, and nothing of its links is waited for any more. Those at other bridges
    /// keep what they have counted: the memory that it stands in is about to go.
    ///
    /// @param vnf the VNF
    public void abandon(Attachment vnf) {
        exits.forget(vnf);
        for (Link link : steps.of(vnf)) {
            try {
                exits.settle(link);
            } catch (InternalError e) {
                checkMemory();
                exits.settle(link);
            }
            links.remove(link);
            if (link.channel != null) {
                link.channel.close();
            }
        }
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
            for (LinkPath.Hop hop : link.path.hops()) {
                if (hop.entries().contains(entry)) {
                    return true;
                }
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

    private Link find(Attachment from, Attachment to) {
        for (Link link : links) {
            if (link.sender() == from
                    && link.receiver() == to
                    && !link.situation().state().hasEnded()) {
                return link;
            }
        }
        return null;
    }
}
