package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.skyway.openflow.message.BundleMessage;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketOut;
import org.skyway.openflow.message.PortMod;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.wire.MessageHead;
import org.skyway.openflow.wire.OpenFlowCodec;

/// Opens, fills and commits bundles (OpenFlow 1.4, "Bundle messages"; for 1.3 the ONF's extension
/// of the same form). A bundle takes effect in order and whole, or not at all. Ofproto thread only.
final class Bundles {
    private static final int OPEN = 0;
    private static final int CLOSE = 2;
    private static final int COMMIT = 4;
    private static final int DISCARD = 6;

    /// OFPBF_ATOMIC.
    private static final int ATOMIC = 1;

    /// What a bundle may hold.
    private static final Set<Class<? extends Message>> BUNDLED =
            Set.of(FlowMod.class, GroupMod.class, PortMod.class, PacketOut.class);

    /// How long a bundle may be left alone.
    private static final long IDLE_NANOS = 10_000_000_000L;

    /// Bundles of one connection.
    private static final int MAX_BUNDLES = 64;

    /// Messages in a bundle.
    private static final int MAX_ITEMS = 2_000_000;

    /// What part of the memory that there can be all bundles may take: the tables need some, too.
    private static final int MEMORY_SHARE = 3;

    private final OfSwitch bridge;
    private final MessageRequests requests;
    private final BundleRoom room;

    Bundles(OfSwitch bridge, MessageRequests requests) {
        this.bridge = bridge;
        this.requests = requests;
        room = new BundleRoom(Runtime.getRuntime().maxMemory() / MEMORY_SHARE, this::heldBytes);
    }

    private long heldBytes() {
        long sum = 0;
        for (Connection c : bridge.connections().all()) {
            for (Bundle b : c.bundles.values()) {
                sum += b.bytes;
            }
        }
        return sum;
    }

    private static OpenFlowException refused(ErrorCode error, int id) {
        return new OpenFlowException(error, "bundle %d".formatted(id & 0xffffffffL));
    }

    void control(Connection c, Envelope e, BundleMessage.Control m, byte[] frame) {
        switch (m.type()) {
            case OPEN -> open(c, m, frame);
            case CLOSE -> close(c, m);
            case COMMIT -> commit(c, m);
            case DISCARD -> {
                if (c.bundles.remove(m.bundle()) == null) {
                    throw refused(ErrorCode.OFPBFC_BAD_ID, m.bundle());
                }
            }
            default -> throw refused(ErrorCode.OFPBFC_BAD_TYPE, m.bundle());
        }
        c.reply(e, new BundleMessage.Control(m.bundle(), m.type() + 1, 0));
    }

    private static void open(Connection c, BundleMessage.Control m, byte[] frame) {
        if (c.bundles.remove(m.bundle()) != null) {
            throw refused(ErrorCode.OFPBFC_BAD_ID, m.bundle());
        }
        put(c, m.bundle(), new Bundle(m.flags(), frame));
    }

    private static void put(Connection c, int id, Bundle b) {
        if (c.bundles.size() >= MAX_BUNDLES) {
            throw refused(ErrorCode.OFPBFC_OUT_OF_BUNDLES, id);
        }
        c.bundles.put(id, b);
    }

    /// The bundle; one whose flags are not the same is thrown away.
    private static Bundle find(Connection c, int id, int flags) {
        Bundle b = c.bundles.get(id);
        if (b == null) {
            throw refused(ErrorCode.OFPBFC_BAD_ID, id);
        }
        if (b.flags != flags) {
            c.bundles.remove(id);
            throw refused(ErrorCode.OFPBFC_BAD_FLAGS, id);
        }
        return b;
    }

    private void close(Connection c, BundleMessage.Control m) {
        Bundle b = c.bundles.get(m.bundle());
        if (b != null && b.closed) {
            c.bundles.remove(m.bundle());
            throw refused(ErrorCode.OFPBFC_BUNDLE_CLOSED, m.bundle());
        }
        b = find(c, m.bundle(), m.flags());
        b.closed = true;
        b.usedNanos = bridge.now();
    }

    /// Throws away the bundles that nobody has touched for a while.
    ///
    /// @param now a [System#nanoTime]
    static void expire(Connection c, long now) {
        c.bundles
                .values()
                .removeIf(b -> {
                    boolean over = now - b.usedNanos >= IDLE_NANOS;
                    if (over) {
                        c.sendError(ErrorCode.OFPBFC_TIMEOUT, b.opening);
                    }
                    return over;
                });
    }

    /// Decodes a message at once, so that what is malformed is refused when it is added.
    void add(Connection c, Envelope e, BundleMessage.Add m, byte[] frame) {
        Bytes inner = m.inner();
        if (inner.length() < OpenFlowCodec.HEADER) {
            throw refused(ErrorCode.OFPBFC_MSG_BAD_LEN, m.bundle());
        }
        if ((inner.at(0) & 0xff) != e.version().number()) {
            throw refused(ErrorCode.OFPBFC_BAD_VERSION, m.bundle());
        }
        int length = (inner.at(2) & 0xff) << 8 | inner.at(3) & 0xff;
        if (length < OpenFlowCodec.HEADER || length > inner.length()) {
            throw refused(ErrorCode.OFPBFC_MSG_BAD_LEN, m.bundle());
        }
        int from = frame.length - inner.length(); // nothing is behind it
        if (Arrays.mismatch(frame, from + 4, from + 8, frame, 4, 8) >= 0) {
            throw refused(ErrorCode.OFPBFC_MSG_BAD_XID, m.bundle());
        }
        Envelope decoded = decode(frame, from, length, c, m.bundle());
        Bundle b = c.bundles.get(m.bundle());
        if (b == null) {
            b = new Bundle(m.flags(), frame);
            put(c, m.bundle(), b);
        } else if (b.closed) {
            c.bundles.remove(m.bundle());
            throw refused(ErrorCode.OFPBFC_BUNDLE_CLOSED, m.bundle());
        }
        find(c, m.bundle(), m.flags());
        long bytes = BundleRoom.bytesOf(frame.length);
        if (b.items.size() >= MAX_ITEMS || !room.take(bytes)) {
            throw refused(ErrorCode.OFPBFC_MSG_TOO_MANY, m.bundle());
        }
        b.bytes += bytes;
        b.items.add(new Bundle.Item(decoded, frame));
        b.usedNanos = bridge.now();
    }

    /// What can't even be told to be one of those that a bundle may hold is refused like one of the
    /// others.
    private static Envelope decode(byte[] frame, int from, int length, Connection c, int bundle) {
        MessageHead head;
        try {
            head = OpenFlowCodec.head(frame, from, length);
        } catch (OpenFlowException unreadable) {
            throw refused(ErrorCode.OFPBFC_MSG_UNSUP, bundle);
        }
        if (!BUNDLED.contains(head.type())) {
            throw refused(ErrorCode.OFPBFC_MSG_UNSUP, bundle);
        }
        Envelope e = head.decode(c.tableInCommand());
        if (e.message() instanceof FlowMod mod) {
            FlowModder.check(mod, e.version());
        } else if (e.message() instanceof PacketOut out) {
            PacketOuts.check(out, e.version());
        }
        return e;
    }

    private void commit(Connection c, BundleMessage.Control m) {
        Bundle b = find(c, m.bundle(), m.flags());
        c.bundles.remove(m.bundle());
        bridge.settle();
        int removals = bridge.removals().mark();
        List<Runnable> packets = new ArrayList<>();
        List<Runnable> others = new ArrayList<>();
        bridge.undo().begin();
        for (Bundle.Item item : b.items) {
            try {
                one(c, b, item, packets, others);
            } catch (OpenFlowException wrong) {
                rollBack(removals);
                c.sendError(wrong.code(), item.frame());
                throw refused(ErrorCode.OFPBFC_MSG_FAILED, m.bundle());
            } catch (RuntimeException | Error bug) {
                rollBack(removals);
                throw bug;
            }
        }
        bridge.undo().commit();
        bridge.vacancies().committed();
        others.forEach(Runnable::run);
        if (!packets.isEmpty()) {
            bridge.settle();
            packets.forEach(Runnable::run);
        }
    }

    private void rollBack(int removals) {
        bridge.undo().rollBack();
        bridge.vacancies().rolledBack();
        bridge.flows().learned().rollBack();
        bridge.removals().rollBack(removals);
        bridge.monitors().rollBack();
    }

    /// Packets can't be taken back, nor can ports, of which others are told at once. What is done
    /// with packets is found out in their turn, but they leave only when all else has succeeded,
    /// and only then ports change and others are told, in the order of the messages.
    private void one(
            Connection c,
            Bundle b,
            Bundle.Item item,
            List<Runnable> packets,
            List<Runnable> others) {
        Message message = item.envelope().message();
        FlowModder.Requester by = new FlowModder.Requester(c, item.envelope().xid());
        if (message instanceof FlowMod mod) { // most are, and a switch over types is slow at first
            bridge.flows().applyChecked(mod, by);
            return;
        }
        switch (message) {
            case PacketOut out -> packets.add(PacketOuts.prepare(bridge, out));
            case PortMod mod when (b.flags & ATOMIC) != 0 ->
                    // Ports are the outer world's, too, and can't be changed along with tables.
                    throw refused(ErrorCode.OFPBFC_MSG_FAILED, item.envelope().xid());
            case PortMod mod -> {
                bridge.ports().check(mod);
                others.add(() -> bridge.ports().modify(mod, c));
            }
            default -> {
                Message done = requests.change(message, item.envelope().version(), by);
                others.add(() -> bridge.connections().forward(done, by));
            }
        }
    }
}
