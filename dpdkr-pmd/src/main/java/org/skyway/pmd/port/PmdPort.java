package org.skyway.pmd.port;

import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.ivshmem.region.Region;

/// A dpdkr port: packets in bursts, in and out. It looks the same whether packets go through the
/// switch or directly to another VNF.
///
/// One thread at a time, the data thread, calls [#rxBurst], [#txBurst], [#poll], [#txHasRoom] and
/// [#txDrained]. It must keep calling one of them, because the switch's commands are obeyed there
/// and nowhere else. [#attach], [#detach] and [#move] are for the control thread.
public final class PmdPort implements AutoCloseable {
    private static final int POLLS_PER_SIGN_OF_LIFE = 1024; // a power of two

    private final String name;
    private final PmdLinks links = new PmdLinks();
    private final Handover handover = new Handover();
    private final int maxFrame;
    private volatile NormalChannel channel; // changes with a new switch only; by the data thread
    private ControlBlock control;
    private Sender sender;
    private Receiver receiver;
    private long polls;
    private boolean closed;

    private PmdPort(String name, NormalChannel channel) {
        this.name = name;
        maxFrame = channel.maxFrame();
        use(channel);
    }

    /// Opens a port on its region.
    ///
    /// @param region a port region, which the port unmaps when it is closed
    /// @param name the port's name
    /// @return the port
    /// @throws RingFormatException if the region is not a port region of this version; the region
    ///   stays mapped
    public static PmdPort open(Region region, String name) throws RingFormatException {
        return new PmdPort(name, NormalChannel.open(region, name));
    }

    /// The port's name at the switch.
    ///
    /// @return the name
    public String name() {
        return name;
    }

    /// The port region that is used.
    ///
    /// @return its id; any thread
    public long regionId() {
        return channel.id();
    }

    /// The longest packet.
    ///
    /// @return bytes, without the frame check sequence
    public int maxFrame() {
        return maxFrame;
    }

    /// Receives packets in place. What the last call showed must not be used any more.
    ///
    /// @param addresses receives where each packet is; readable and writable, but shared with its
    ///   sender, which may change it even now: copy it first if that matters
    /// @param lengths receives its length in bytes
    /// @param from index of the first to fill
    /// @param max how many at most
    /// @return how many; 0 if there are none now
    /// @throws PortFaultException if the normal channel is broken
    public int rxBurst(long[] addresses, int[] lengths, int from, int max) {
        receiver.release();
        poll();
        return receiver.receive(addresses, lengths, from, max);
    }

    /// How often what arrives has changed its way: a bypass was begun, or ended. For those who
    /// measure what a change costs.
    ///
    /// @return changes so far
    public long rxTurns() {
        return receiver.turns();
    }

    /// Sends packets by copying them.
    ///
    /// @param addresses where each packet is, of any alignment
    /// @param lengths its length, 1 to [#maxFrame] bytes
    /// @param from index of the first
    /// @param count how many
    /// @return how many were taken; the others found no room and may be tried again
    /// @throws PortFaultException if the normal channel is broken
    /// @throws IllegalArgumentException if a length is out of range; nothing was sent
    public int txBurst(long[] addresses, int[] lengths, int from, int count) {
        poll();
        return sender.send(addresses, lengths, from, count);
    }

    /// Bytes of the packets that the last [#rxBurst] showed, all together.
    ///
    /// @return bytes
    public long rxBurstBytes() {
        return receiver.burstBytes();
    }

    /// Bytes of the packets that the last [#txBurst] took, all together.
    ///
    /// @return bytes
    public long txBurstBytes() {
        return sender.burstBytes();
    }

    /// Obeys the switch without moving packets; for a VNF that has a reason not to call [#rxBurst]
    /// or [#txBurst] for a while.
    ///
    /// @throws PortFaultException if the normal channel is broken
    public void poll() {
        final Handover.Change change = handover.pending();
        if (change != null) {
            apply(change);
        }
        sender.follow();
        receiver.follow();
        if ((++polls & POLLS_PER_SIGN_OF_LIFE - 1) == 0) {
            control.alive(polls);
        }
    }

    /// Whether it is worth while to make packets for [#txBurst].
    ///
    /// @param packets how many
    /// @return false if not even so many of 64 bytes would be taken now
    /// @throws PortFaultException if the normal channel is broken
    public boolean txHasRoom(int packets) {
        poll();
        return sender.hasRoom(packets);
    }

    /// Whether the receivers have taken everything that was sent. Who ends should wait for that a
    /// while.
    ///
    /// @return true if so
    public boolean txDrained() {
        poll();
        return sender.drained();
    }

    /// Adds a link, ready to be switched to. Returns when the data thread knows it.
    ///
    /// @param slot which of the port's slots it takes
    /// @param region a link region, which the port unmaps in [#detach] or [#close]
    /// @param sideA whether this port is side A of the link
    /// @param link the link's name, for messages
    /// @throws RingFormatException if the region is not a link region of this version, or the slot
    ///   is taken; the region stays mapped
    /// @throws InterruptedException if interrupted while the data thread did not poll
    public void attach(int slot, Region region, boolean sideA, String link)
            throws RingFormatException, InterruptedException {
        if (slot < 0 || slot >= ControlBlock.SLOTS) {
            throw new RingFormatException(
                    "port %s has slots 0 to %d, not %d"
                            .formatted(name, ControlBlock.SLOTS - 1, slot));
        }
        LinkEnd end = LinkEnd.open(slot, link, region, sideA, maxFrame);
        LinkEnd old = links.at(slot);
        if (old != null) {
            throw new RingFormatException(
                    "slot %d of port %s has link %s; detach that before attaching %s"
                            .formatted(slot, name, old.name, link));
        }
        handover.submit(Handover.Kind.ATTACH, end, slot, null);
    }

    /// Takes a link away and unmaps its region. A sender that still uses it goes on in the normal
    /// ring; one that was told to leave it has left it before. Does nothing if no link is attached
    /// there.
    ///
    /// @param slot which
    /// @throws InterruptedException if interrupted while the data thread did not poll
    public void detach(int slot) throws InterruptedException {
        takeAway(slot, Handover.Kind.DETACH);
    }

    private void takeAway(int slot, Handover.Kind how) throws InterruptedException {
        LinkEnd link = slot < 0 ? null : links.at(slot);
        if (link != null) {
            handover.submit(how, link, slot, null);
            link.region.close();
        }
    }

    /// Moves to another port region, when a new switch has taken the place of one that is gone. All
    /// links are taken away.
    ///
    /// @param region a port region, which the port unmaps when it is closed; the old one is
    ///   unmapped
    /// @throws RingFormatException if the region is not a port region of this version or has other
    ///   frame sizes; the region stays mapped
    /// @throws InterruptedException if interrupted while the data thread did not poll
    public void move(Region region) throws RingFormatException, InterruptedException {
        NormalChannel fresh = NormalChannel.open(region, name);
        if (fresh.maxFrame() != maxFrame) {
            throw new RingFormatException(
                    "port %s takes frames of %d bytes, but its new region %d; restart the VNF"
                            .formatted(name, maxFrame, fresh.maxFrame()));
        }
        for (int slot = 0; slot < ControlBlock.SLOTS; slot++) {
            takeAway(slot, Handover.Kind.DROP);
        }
        Region old = channel.region();
        handover.submit(Handover.Kind.MOVE, null, 0, fresh);
        old.close();
    }

    /// Leaves the port region, because the switch is about to make it anew, until [#move] brings
    /// the next one. Meanwhile nothing comes from the switch and nothing is taken for it; what
    /// comes on links is still received.
    ///
    /// @throws InterruptedException if interrupted while the data thread did not poll
    public void park() throws InterruptedException {
        NormalChannel nowhere = NormalChannel.nowhere(name, maxFrame);
        Region old = channel.region();
        handover.submit(Handover.Kind.MOVE, null, 0, nowhere);
        old.close();
    }

    /// What went wrong with a link, once for each time. May be called on any thread.
    ///
    /// @return the fault; null if there is nothing new
    public LinkFault takeFault() {
        return links.takeFault();
    }

    /// Unmaps everything. No thread may use the port any more. Does without regions that somebody
    /// has cut short, which made themselves known to the data thread by an [InternalError]. Data
    /// thread.
    ///
    /// @return whether there was one
    public boolean checkMemory() {
        boolean found = false;
        for (LinkEnd link : links.all()) {
            if (link != null && !link.region.isWhole()) {
                found = true;
                link.region.isolate();
                sender.abandon(link);
                receiver.stop(link);
                link.held = false;
                links.faulty(link, link.region + " was cut short");
            }
        }
        if (!channel.region().isWhole()) {
            channel.region().isolate();
            throw new PortFaultException(name, channel.region() + " was cut short");
        }
        return found;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Handover.Change change = handover.pending();
        if (change != null && change.link() != null) {
            change.link().region.close();
        }
        if (change != null && change.channel() != null) {
            change.channel().region().close();
        }
        for (LinkEnd link : links.all()) {
            if (link != null) {
                link.region.close();
            }
        }
        channel.region().close();
    }

    /// Marks about links that are not attached here, for tests: there should be none.
    long skippedMarks() {
        return receiver.skippedMarks();
    }

    // A region may go only when the VNF holds no packet in it; else the change waits for the next
    // rxBurst, which takes the packets back first.
    private void apply(Handover.Change change) {
        switch (change.kind()) {
            case ATTACH -> links.put(change.link());
            case DETACH, DROP -> {
                if (change.link().held
                        || change.kind() == Handover.Kind.DETACH
                                && sender.isLeaving(change.link())) {
                    return;
                }
                sender.abandon(change.link());
                receiver.stop(change.link());
                links.remove(change.link());
            }
            case MOVE -> {
                if (receiver.holdsNormal()) {
                    return;
                }
                use(change.channel());
            }
        }
        handover.done(change);
    }

    private void use(NormalChannel fresh) {
        channel = fresh;
        control = fresh.control();
        sender = new Sender(name, links, fresh);
        receiver = new Receiver(name, links, fresh, receiver);
        polls = control.alive();
    }
}
