package org.skyway.vhost;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.EventDescriptor;

/// A network device, from the first message of its front end to the end of the connection. Knows
/// nothing of sockets. One thread.
///
/// A queue runs when it is enabled, placed, kicked and there is memory, in whatever order these
/// came; the device runs when both of its queues do. A message that takes one of that away, or
/// changes it, is answered when poll threads have let go: see [#needsRest].
public final class VhostDevice implements AutoCloseable {
    static final int TO_GUEST = 0;
    static final int FROM_GUEST = 1;
    private static final int QUEUES = 2;

    // @formatter:off
    static final long MRG_RXBUF = 1L << 15; // packets to the guest may take several buffers
    static final long INDIRECT_DESC = 1L << 28; // tables of slots
    static final long PROTOCOL_FEATURES = 1L << 30; // vhost-user's own features
    static final long VERSION_1 = 1L << 32; // virtio 1

    static final long PROTOCOL_MQ = 1; // GET_QUEUE_NUM
    static final long PROTOCOL_REPLY_ACK = 1 << 3; // answers to requests that have none
    static final long PROTOCOL_NET_MTU = 1 << 4; // NET_SET_MTU

    // @formatter:on

    /// What is offered to all guests. Without LOG_ALL, QEMU refuses to migrate one.
    static final long FEATURES = MRG_RXBUF | INDIRECT_DESC | PROTOCOL_FEATURES | VERSION_1;

    private static final long PROTOCOL = PROTOCOL_MQ | PROTOCOL_REPLY_ACK | PROTOCOL_NET_MTU;
    private static final int INDEX_MASK = 0xff;
    private static final int NO_DESCRIPTOR = 0x100;

    private final String name;
    private final int maxFrame;
    private final long offered;
    private final Vring[] vrings = {new Vring(), new Vring()};
    private long features;
    private long protocol;
    private GuestMemory memory; // null: not told yet
    private VhostQueues live;
    private int mtu; // 0: not told
    private final List<EventDescriptor> discarded = new ArrayList<>();

    /// What the front end has told of a queue.
    private static final class Vring {
        int size;
        boolean addressed;
        long slots;
        long used;
        long avail;
        int next; // entry that GET_VRING_BASE answers
        boolean kicked;
        EventDescriptor kick;
        EventDescriptor call;
        Descriptor error;
        boolean enabled;
    }

    /// A device that nobody has spoken to.
    ///
    /// @param name whose, for messages
    /// @param maxFrame longest packet to receive that is not to be cut into segments
    /// @param offloads whether guests are offered to leave checksums and segmentation to others
    public VhostDevice(String name, int maxFrame, boolean offloads) {
        this.name = name;
        offered = FEATURES | (offloads ? Offloads.ALL : 0);
        this.maxFrame = maxFrame;
    }

    /// Whether poll threads must have let go of the queues, and [#rest] been called, before a
    /// message is answered.
    ///
    /// @param m the message
    /// @return true if so
    public boolean needsRest(VhostMessage m) {
        return live != null
                && switch (m.request()) {
                    case VhostMessage.SET_FEATURES,
                            VhostMessage.RESET_OWNER,
                            VhostMessage.SET_MEM_TABLE,
                            VhostMessage.SET_VRING_NUM,
                            VhostMessage.SET_VRING_ADDR,
                            VhostMessage.SET_VRING_BASE,
                            VhostMessage.GET_VRING_BASE,
                            VhostMessage.SET_VRING_KICK ->
                            true;
                    case VhostMessage.SET_VRING_ENABLE -> disables(m);
                    default -> false;
                };
    }

    // Both are enabled where there are live queues.
    private static boolean disables(VhostMessage m) {
        try {
            return m.u32(4) == 0;
        } catch (VhostException e) {
            return false; // so it is when it is answered
        }
    }

    /// Poll threads have let go of the queues.
    public void rest() {
        if (live != null) {
            for (int i = 0; i < QUEUES; i++) {
                vrings[i].next = live.queue(i).published;
            }
            live.close();
            live = null;
        }
    }

    /// Answers a message.
    ///
    /// @param m what the front end said
    /// @param attached what came with it; this object's now
    /// @return the answer; null if there is none
    /// @throws VhostException if it can't be; the connection is over
    public VhostMessage answer(VhostMessage m, List<Descriptor> attached) throws VhostException {
        List<Descriptor> unused = new ArrayList<>(attached);
        try {
            VhostMessage answer = carryOut(m, unused);
            start();
            return answer;
        } finally {
            unused.forEach(Descriptor::close);
        }
    }

    private VhostMessage carryOut(VhostMessage m, List<Descriptor> unused) throws VhostException {
        switch (m.request()) {
            case VhostMessage.GET_FEATURES -> {
                return m.answer(offered);
            }
            case VhostMessage.GET_PROTOCOL_FEATURES -> {
                return m.answer(PROTOCOL);
            }
            case VhostMessage.GET_QUEUE_NUM -> {
                return m.answer(1); // pairs
            }
            case VhostMessage.GET_VRING_BASE -> {
                return stop(m);
            }
            case VhostMessage.SET_FEATURES -> features = known(m.u64(0), offered);
            case VhostMessage.SET_PROTOCOL_FEATURES -> protocol = known(m.u64(0), PROTOCOL);
            case VhostMessage.SET_OWNER -> {}
            case VhostMessage.RESET_OWNER -> {
                for (Vring v : vrings) {
                    v.enabled = false;
                }
            }
            case VhostMessage.SET_MEM_TABLE -> {
                GuestMemory now = GuestMemory.map(m, List.copyOf(unused));
                unused.clear();
                if (memory != null) {
                    memory.close();
                }
                memory = now;
            }
            case VhostMessage.SET_VRING_NUM -> {
                int size = m.u32(4);
                if (size < 2 || size > SplitLayout.MOST_SLOTS || Integer.bitCount(size) != 1) {
                    throw new VhostException(
                            "queue %d of %s is to have %d slots, which is no power of two from 2 to %d"
                                    .formatted(
                                            m.u32(0),
                                            name,
                                            size & 0xffff_ffffL,
                                            SplitLayout.MOST_SLOTS));
                }
                vring(m.u32(0)).size = size;
            }
            case VhostMessage.SET_VRING_ADDR -> {
                Vring v = vring(m.u32(0));
                v.slots = m.u64(8);
                v.used = m.u64(16);
                v.avail = m.u64(24);
                v.addressed = true;
            }
            case VhostMessage.SET_VRING_BASE -> vring(m.u32(0)).next = m.u32(4) & 0xffff;
            case VhostMessage.SET_VRING_KICK -> {
                Vring v = vring((int) m.u64(0) & INDEX_MASK);
                close(v.kick);
                v.kick = event(m, unused);
                v.kicked = true;
                // Who does not know of SET_VRING_ENABLE has them all enabled.
                v.enabled |= (features & PROTOCOL_FEATURES) == 0;
            }
            case VhostMessage.SET_VRING_CALL -> {
                int index = (int) m.u64(0) & INDEX_MASK;
                Vring v = vring(index);
                EventDescriptor old = v.call;
                v.call = event(m, unused);
                if (live != null) {
                    live.queue(index).call(v.call);
                }
                if (old != null) {
                    discarded.add(old);
                }
            }
            case VhostMessage.SET_VRING_ERR -> {
                Vring v = vring((int) m.u64(0) & INDEX_MASK);
                if (v.error != null) {
                    v.error.close();
                }
                v.error = unused.isEmpty() ? null : unused.removeFirst();
            }
            case VhostMessage.SET_VRING_ENABLE -> vring(m.u32(0)).enabled = m.u32(4) != 0;
            case VhostMessage.NET_SET_MTU -> mtu = (int) Math.min(m.u64(0) & 0xffff_ffffL, 65535);
            default ->
                    throw new VhostException(
                            "request %d is none that was agreed on".formatted(m.request()));
        }
        return m.wantsAnswer() && (protocol & PROTOCOL_REPLY_ACK) != 0 ? m.answer(0) : null;
    }

    private VhostMessage stop(VhostMessage m) throws VhostException {
        Vring v = vring(m.u32(0));
        close(v.kick);
        v.kick = null;
        v.kicked = false;
        return m.answer((m.u32(0) & 0xffff_ffffL) | (long) v.next << 32);
    }

    private long known(long wanted, long offered) throws VhostException {
        if ((wanted & ~offered) != 0) {
            throw new VhostException(
                    "%s wants features 0x%x, of which 0x%x were offered"
                            .formatted(name, wanted, offered));
        }
        return wanted;
    }

    private Vring vring(int index) throws VhostException {
        if (index < 0 || index >= QUEUES) {
            throw new VhostException(
                    "%s has queue %d; there is one pair of queues, 0 and 1, so set queues=1"
                            .formatted(name, index & 0xffff_ffffL));
        }
        return vrings[index];
    }

    private static EventDescriptor event(VhostMessage m, List<Descriptor> unused)
            throws VhostException {
        if ((m.u64(0) & NO_DESCRIPTOR) != 0) {
            return null;
        }
        if (unused.isEmpty()) {
            throw new VhostException("request %d came without its eventfd".formatted(m.request()));
        }
        try {
            return EventDescriptor.of(unused.removeFirst());
        } catch (IOException e) {
            throw new VhostException(e.getMessage(), e);
        }
    }

    private static void close(EventDescriptor event) {
        if (event != null) {
            event.close();
        }
    }

    // Makes queues for poll threads once all is there.
    private void start() throws VhostException {
        if (live != null || memory == null) {
            return;
        }
        for (Vring v : vrings) {
            if (!v.enabled || !v.addressed || !v.kicked || v.size == 0) {
                return;
            }
        }
        boolean mergeable = (features & MRG_RXBUF) != 0;
        live =
                new VhostQueues(
                        name,
                        memory,
                        place(TO_GUEST),
                        vrings[TO_GUEST].call,
                        place(FROM_GUEST),
                        vrings[FROM_GUEST].call,
                        mergeable || (features & VERSION_1) != 0
                                ? SplitLayout.LONG_HEADER_BYTES
                                : SplitLayout.SHORT_HEADER_BYTES,
                        mergeable,
                        maxFrame,
                        features & Offloads.ALL);
    }

    private SplitQueue.Place place(int index) throws VhostException {
        Vring v = vrings[index];
        long slotBytes = (long) SplitLayout.SLOT_BYTES * v.size;
        long availBytes =
                SplitLayout.ENTRIES_OFFSET + (long) SplitLayout.AVAIL_ENTRY_BYTES * v.size;
        long usedBytes = SplitLayout.ENTRIES_OFFSET + (long) SplitLayout.USED_ENTRY_BYTES * v.size;
        long slots = memory.locateOfFrontEnd(v.slots, slotBytes);
        long avail = memory.locateOfFrontEnd(v.avail, availBytes);
        long used = memory.locateOfFrontEnd(v.used, usedBytes);
        if (slots == GuestMemory.NOWHERE
                || avail == GuestMemory.NOWHERE
                || used == GuestMemory.NOWHERE
                || (slots & 15) != 0
                || (avail & 1) != 0
                || (used & 3) != 0) {
            throw new VhostException(
                    "queue %d of %s is at 0x%x, 0x%x and 0x%x, where it can't be"
                            .formatted(index, name, v.slots, v.avail, v.used));
        }
        Memory.getShort(avail); // what is not there shows here, and not to a poll thread
        return new SplitQueue.Place(slots, avail, used, v.size);
    }

    /// The queues that poll threads may use.
    ///
    /// @return both, or null if the driver does not run
    public VhostQueues live() {
        return live;
    }

    /// Events that others have taken the place of: to be closed when poll threads have settled.
    ///
    /// @return each once; the caller's now
    public List<EventDescriptor> takeDiscarded() {
        List<EventDescriptor> all = List.copyOf(discarded);
        discarded.clear();
        return all;
    }

    /// The events by which a thread of this side could be held up.
    ///
    /// @return those of queues that have one
    public List<EventDescriptor> events() {
        List<EventDescriptor> all = new ArrayList<>();
        for (Vring v : vrings) {
            if (v.call != null) {
                all.add(v.call);
            }
        }
        return all;
    }

    /// Takes what a driver kicked: before it found that this side polls, or all the same. When this
    /// process ends, QEMU looks for kicks that nobody has taken, and for one drops what then waits
    /// in the guest's queue. A few times a second.
    public void takeKicks() {
        for (Vring v : vrings) {
            if (v.kick != null) {
                v.kick.drain();
            }
        }
    }

    /// What was agreed on, in words.
    ///
    /// @return features, queues and memory
    public String describe() {
        StringBuilder b = new StringBuilder();
        b.append((features & VERSION_1) != 0 ? "virtio 1" : "virtio 0.9");
        b.append((features & MRG_RXBUF) != 0 ? ", mergeable" : "");
        b.append((features & INDIRECT_DESC) != 0 ? ", indirect" : "");
        b.append((features & Offloads.ALL) != 0 ? ", offloads" : "");
        b.append(", rx %d, tx %d slots".formatted(vrings[FROM_GUEST].size, vrings[TO_GUEST].size));
        b.append(mtu == 0 ? "" : ", MTU " + mtu);
        return b.append(", ").append(memory.describe()).toString();
    }

    /// Lets go of everything. Poll threads have let go of the queues.
    @Override
    public void close() {
        rest();
        takeDiscarded().forEach(EventDescriptor::close);
        for (Vring v : vrings) {
            close(v.kick);
            close(v.call);
            if (v.error != null) {
                v.error.close();
            }
        }
        if (memory != null) {
            memory.close();
        }
    }
}
