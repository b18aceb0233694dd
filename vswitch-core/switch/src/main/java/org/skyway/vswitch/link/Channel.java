package org.skyway.vswitch.link;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.skyway.agent.Agent;
import org.skyway.agent.AgentException;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.port.Attachment;

/// The link region of a pair of VNFs: made, plugged into both, and taken out again. Ofproto thread.
final class Channel {
    /// Where it is in its life.
    enum State {
        /// Both sides have been asked to map it.
        PLUGGING,
        /// Both have.
        PLUGGED,
        /// Both have been asked to let go of it.
        UNPLUGGING,
        /// Nobody has it mapped.
        GONE
    }

    private final Attachment a;
    private final Attachment b;
    private final int slotA;
    private final int slotB;
    private final Region region;
    private final RegionHeader header;
    private final Agent agent;
    private final Executor owner;
    private final LinkRecords.Record record;
    private State state = State.PLUGGING;
    private String failure;
    private boolean cutShort;

    private Channel(
            Attachment a,
            Attachment b,
            int slotA,
            int slotB,
            Region region,
            RegionHeader header,
            Agent agent,
            Executor owner,
            LinkRecords.Record record) {
        this.record = record;
        this.a = a;
        this.b = b;
        this.region = region;
        this.header = header;
        this.agent = agent;
        this.owner = owner;
        this.slotA = slotA;
        this.slotB = slotB;
    }

    /// Makes a channel and begins to plug it in.
    ///
    /// @param store where its region is made
    /// @param id unique among the switch's regions
    /// @param cells of each of its rings
    /// @param a side A
    /// @param b side B
    /// @param agent who plugs
    /// @param owner runs `changed` on the ofproto thread
    /// @param records where it is noted for the next switch
    /// @param changed told when the state has changed
    /// @throws IOException if the region can't be made, or a port has no slot left
    static Channel plug(
            RegionStore store,
            long id,
            int cells,
            Attachment a,
            Attachment b,
            Agent agent,
            Executor owner,
            LinkRecords records,
            Consumer<Channel> changed)
            throws IOException {
        RegionHeader header = RegionHeader.of(RegionHeader.LINK_MAGIC, id, cells);
        Region region = store.create("link-" + id, header.sizeBytes());
        header.create(region.address());
        int slotA = a.takeSlot();
        int slotB = b.takeSlot();
        LinkRecords.Record record = null;
        try {
            if (slotA < 0 || slotB < 0) {
                throw new IOException(
                        "port %s has no slot left for another link"
                                .formatted((slotA < 0 ? a : b).portName()));
            }
            record = records.take(id, cells, a, slotA, b, slotB);
        } finally {
            if (record == null) {
                free(a, slotA);
                free(b, slotB);
                region.unlink();
                region.close();
            }
        }
        Channel channel = new Channel(a, b, slotA, slotB, region, header, agent, owner, record);
        a.control().clearEnded(channel.slotA);
        b.control().clearEnded(channel.slotB);
        RegionRef ref = channel.noteMaps();
        String name = channel.toString();
        CompletableFuture.allOf(
                        a.here()
                                .thenCompose(
                                        _ -> agent.attach(a.portName(), slotA, ref, true, name)),
                        b.here()
                                .thenCompose(
                                        _ -> agent.attach(b.portName(), slotB, ref, false, name)))
                .whenCompleteAsync(
                        (done, error) -> {
                            if (channel.state == State.PLUGGING) {
                                channel.state(State.PLUGGED);
                            }
                            channel.failure = error == null ? null : reason(error);
                            changed.accept(channel);
                        },
                        owner);
        return channel;
    }

    /// Goes on with a channel of the switch before.
    ///
    /// @param store where its region is
    /// @param record what that has left
    /// @param a side A
    /// @param b side B
    /// @param agent who plugs
    /// @param owner the ofproto thread
    /// @throws IOException if its region is not there any more
    static Channel adopt(
            RegionStore store,
            LinkRecords.Record record,
            Attachment a,
            Attachment b,
            Agent agent,
            Executor owner)
            throws IOException {
        RegionHeader header =
                RegionHeader.of(RegionHeader.LINK_MAGIC, record.region(), record.cells());
        Region region = store.reopen("link-" + record.region(), header.sizeBytes());
        a.takeSlot(record.slotA());
        b.takeSlot(record.slotB());
        Channel channel =
                new Channel(
                        a, b, record.slotA(), record.slotB(), region, header, agent, owner, record);
        channel.noteMaps();
        channel.state = State.PLUGGED; // if it was not, it is about to be unplugged
        return channel;
    }

    private RegionRef noteMaps() {
        RegionRef ref = new RegionRef(header.id(), header.sizeBytes(), region.path().toString());
        a.maps(slotA, ref);
        b.maps(slotB, ref);
        return ref;
    }

    private void state(State next) {
        state = next;
        record.state(next);
    }

    /// Notes for the next switch what a link is by now.
    ///
    /// @param changes what changes at once with it
    void save(Link link, RedoLog changes) {
        if (state != State.GONE) {
            record.save(link, link.sender() == a, changes);
        }
    }

    /// Notes that a link does without this channel.
    void drop(Link link) {
        if (state != State.GONE) {
            record.drop(link.sender() == a);
        }
    }

    /// Its region's file.
    Path path() {
        return region.path();
    }

    /// Begins to take it out of both VNFs. A side that does not answer keeps its slot: it may still
    /// have the region mapped.
    void unplug(Consumer<Channel> changed) {
        if (state == State.UNPLUGGING || state == State.GONE) {
            return;
        }
        state(State.UNPLUGGING);
        CompletableFuture.allOf(detach(a, slotA), detach(b, slotB))
                .whenCompleteAsync(
                        (done, error) -> {
                            close();
                            changed.accept(this);
                        },
                        owner);
    }

    private CompletableFuture<Void> detach(Attachment side, int slot) {
        if (side.isGone()) {
            return CompletableFuture.completedFuture(null);
        }
        return side.here()
                .thenCompose(_ -> agent.detach(side.portName(), slot))
                .handleAsync(
                        (done, error) -> {
                            if (error == null) {
                                side.freeSlot(slot);
                            }
                            return null;
                        },
                        owner);
    }

    private static void free(Attachment side, int slot) {
        if (slot >= 0) {
            side.freeSlot(slot);
        }
    }

    /// Unmaps and removes the region without asking anyone.
    void close() {
        if (state != State.GONE) {
            state = State.GONE;
            release();
            record.free();
        }
    }

    private void release() {
        try {
            region.unlink();
        } catch (IOException e) {
            failure = "can't remove " + region + ": " + e.getMessage();
        }
        region.close();
    }

    /// Whether a VNF has cut the region short. If so, the switch has memory of its own there from
    /// now on. Says so once.
    boolean isCutShort() {
        if (cutShort || state == State.GONE || region.isWhole()) {
            return false;
        }
        cutShort = true;
        region.isolate();
        return true;
    }

    /// Ends a dead sender's ring with the mark that it did not write, so that the receiver drains
    /// it and goes on.
    ///
    /// @param sender the side that is dead
    /// @param epoch the epoch that it was in
    /// @throws RingFormatException if what it left is no sound ring
    void endFor(Attachment sender, int epoch) throws RingFormatException {
        if (isCutShort()) {
            throw new RingFormatException("the region of " + this + " was cut short");
        }
        RingProducer producer =
                RingProducer.known(ring(sender), header.cells(), header.maxFrame(), toString());
        if (!producer.mark(Mark.of(Mark.Kind.END, 0, epoch))) {
            throw new RingFormatException("ring of " + this + " has no room for its END mark");
        }
    }

    /// How far a side has written its ring.
    ///
    /// @param sender the side
    /// @return its cursor; untrusted
    long written(Attachment sender) {
        return RingLayout.tail(ring(sender));
    }

    private long ring(Attachment sender) {
        return region.address() + (sender == a ? header.firstRing() : header.secondRing());
    }

    int cells() {
        return header.cells();
    }

    State state() {
        return state;
    }

    /// Why plugging failed.
    ///
    /// @return a sentence, or null if it did not
    String failure() {
        return failure;
    }

    boolean joins(Attachment x, Attachment y) {
        return x == a && y == b || x == b && y == a;
    }

    int slotOf(Attachment side) {
        return side == a ? slotA : slotB;
    }

    static String reason(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && !(cause instanceof AgentException)) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    @Override
    public String toString() {
        return a.portName() + "<->" + b.portName();
    }
}
