package org.skyway.experiments.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.skyway.pmd.port.TxMachine;
import org.skyway.vswitch.link.LinkMachine.Command;
import org.skyway.vswitch.link.LinkMachine.Situation;

/// What there is in the model of [SwitchOver]: what its parties know, what lies in rings, and what
/// became of packets; copied for each step, and compared by its [#key].
abstract class SwitchOverState {
    static final int RECEIVERS = 2;

    /// What may happen.
    ///
    /// @param rules after each change: to which receiver all packets go; negative if to receiver 0,
    ///   but not all alike, so that there is no link
    /// @param packets how many are sent
    /// @param room of each ring, in records
    /// @param crashes of the sender or a receiver
    /// @param cuts senders that the switch may lose its patience with
    /// @param repairs links that a driver may report as broken
    /// @param kills of the switch
    /// @param mistakes to be found
    record Bounds(
            List<Integer> rules,
            int packets,
            int room,
            int crashes,
            int cuts,
            int repairs,
            int kills,
            Set<Mistake> mistakes) {}

    /// What a wrong implementation would do.
    enum Mistake {
        /// The sender says that it is on the bypass before its last packet on the old way.
        MARK_BEFORE_LAST_PACKET,
        /// The receiver does not wait for the bypass to be empty.
        NO_DRAINING,
        /// The switch takes the end of any epoch for that of the one it waits for.
        EPOCH_NOT_COMPARED,
        /// The switch answers a barrier when the sender was only asked to leave.
        BARRIER_TOO_EARLY,
        /// A sender that is cut off keeps its receiver.
        NO_LIMIT,
        /// The receiver takes a bypass that was ended by its limit for one without an END.
        LIMIT_IS_NO_END,
        /// A sender that was cut off is told what to send again before its receiver has taken
        /// notice.
        GIVEN_BACK_TOO_EARLY,
        /// A sender that was cut off does not send again what it wrote too late.
        LATE_IS_LOST,
        /// A driver lets go of a link before its sender has left it.
        DETACHED_BEFORE_IT_OBEYED,
        /// A switch that comes after another forgets the limit that a receiver was to be told.
        FORGETS_LIMIT,
        /// What a VNF is told is noted after it was told.
        NOTES_LATE,
        /// What is still to be done of a step is not noted.
        NOTES_NO_REST
    }

    /// What is noted of a link for the next switch.
    ///
    /// @param todo what of the last step is still to be done
    /// @param limit its command
    record Noted(
            Situation situation,
            List<Command> todo,
            int epoch,
            long command,
            int limit,
            int limitCursor,
            int writtenBefore,
            boolean begun) {}

    final Bounds bounds;

    // What VNFs see is for Traces, too.

    // The sender.
    TxMachine tx = new TxMachine();
    boolean senderAlive = true;
    int sent; // packets, so the number of the next
    int written = -1; // a packet that is in a bypass ring and not published
    int late; // a packet that is still to be sent the old way, for one of the mistakes
    int kept = -1; // a packet that it has published after it was told to leave
    int keptAt; // where in the bypass ring
    int cutEpoch; // that the switch has ended without it
    boolean cutKnown; // and what becomes of what lies behind
    int cutAt; // where
    int cutRead; // packets of the epoch that were read, even if that is behind
    int before; // packets of the epoch that it has written before `kept`
    int inEpoch; // packets of the epoch that it has written
    long txCommand;
    long txObeyed;

    // Rings.
    long[] toSwitch = {};
    final long[][] toReceiver = {{}, {}};
    final long[][] bypass = {{}, {}};
    final int[] tail = new int[RECEIVERS]; // written into each bypass ring
    final int[] head = new int[RECEIVERS];

    // Receivers.
    final boolean[] receiverAlive = {true, true};
    final boolean[] reading = new boolean[RECEIVERS];
    final int[] readingEpoch = new int[RECEIVERS];
    final int[] drainTo = {-1, -1};
    final int[] limitedTo = {-1, -1}; // what is obeyed
    final int[] rxCommand = new int[RECEIVERS];
    final int[] rxObeyed = new int[RECEIVERS];
    final int[] limit = new int[RECEIVERS];
    final int[] limitEpoch = new int[RECEIVERS];
    final int[] ended = new int[RECEIVERS];
    final int[] last = {-1, -1}; // delivered
    final int[] read = new int[RECEIVERS]; // packets of the epoch that it read last

    // The switch.
    boolean up = true;
    int writes = Integer.MAX_VALUE; // until it is killed
    int rule; // index
    boolean settling;
    boolean unanswered; // the last change of rules is not barriered
    int epochs; // noted
    final Noted[] noted = new Noted[RECEIVERS]; // null: of none that is plugged
    final Situation[] link = new Situation[RECEIVERS]; // null: none
    final boolean[] attached = new boolean[RECEIVERS];
    final boolean[] detaching = new boolean[RECEIVERS];
    final boolean[] faulty = new boolean[RECEIVERS]; // a driver does without the ring
    final int[] epoch = new int[RECEIVERS];
    final long[] command = new long[RECEIVERS];
    final int[] writtenBefore = new int[RECEIVERS];
    final boolean[] begun = new boolean[RECEIVERS];
    final boolean[] goneSeen = new boolean[1 + RECEIVERS];
    final List<List<Command>> todo = new ArrayList<>();
    final int[] limitNumber = new int[RECEIVERS]; // of the link's limit
    final int[] limitCursor = new int[RECEIVERS];
    final int[] lastLimit = new int[RECEIVERS]; // number of the last limit given
    int[] routes = {}; // by epoch: the receiver
    int[] notBehind = {}; // by epoch: the first number that may not be delivered in it

    // What became of packets.
    int delivered; // a bit each
    int refused; // a bit each: no room in a normal ring, which a port counts
    int dropped; // a bit each: given up with a ring or its owner
    int again; // a bit each: sent again, and so not given up with the ring
    int crashes;
    int cuts;
    int repairs;
    int kills;
    String wrong;
    byte[] key;

    SwitchOverState(Bounds bounds) {
        this.bounds = bounds;
        late = -1;
        for (int r = 0; r < RECEIVERS; r++) {
            todo.add(List.of());
        }
    }

    SwitchOverState(SwitchOverState w) {
        bounds = w.bounds;
        tx = w.tx.copy();
        senderAlive = w.senderAlive;
        sent = w.sent;
        written = w.written;
        late = w.late;
        kept = w.kept;
        keptAt = w.keptAt;
        cutEpoch = w.cutEpoch;
        cutKnown = w.cutKnown;
        cutAt = w.cutAt;
        cutRead = w.cutRead;
        before = w.before;
        inEpoch = w.inEpoch;
        txCommand = w.txCommand;
        txObeyed = w.txObeyed;
        toSwitch = w.toSwitch;
        for (int r = 0; r < RECEIVERS; r++) {
            toReceiver[r] = w.toReceiver[r];
            bypass[r] = w.bypass[r];
            tail[r] = w.tail[r];
            head[r] = w.head[r];
            receiverAlive[r] = w.receiverAlive[r];
            reading[r] = w.reading[r];
            readingEpoch[r] = w.readingEpoch[r];
            drainTo[r] = w.drainTo[r];
            limitedTo[r] = w.limitedTo[r];
            rxCommand[r] = w.rxCommand[r];
            rxObeyed[r] = w.rxObeyed[r];
            limit[r] = w.limit[r];
            limitEpoch[r] = w.limitEpoch[r];
            ended[r] = w.ended[r];
            last[r] = w.last[r];
            read[r] = w.read[r];
            link[r] = w.link[r];
            attached[r] = w.attached[r];
            detaching[r] = w.detaching[r];
            faulty[r] = w.faulty[r];
            epoch[r] = w.epoch[r];
            command[r] = w.command[r];
            writtenBefore[r] = w.writtenBefore[r];
            begun[r] = w.begun[r];
            noted[r] = w.noted[r];
            todo.add(w.todo.get(r));
            limitNumber[r] = w.limitNumber[r];
            limitCursor[r] = w.limitCursor[r];
            lastLimit[r] = w.lastLimit[r];
        }
        System.arraycopy(w.goneSeen, 0, goneSeen, 0, goneSeen.length);
        rule = w.rule;
        settling = w.settling;
        unanswered = w.unanswered;
        epochs = w.epochs;
        routes = w.routes;
        notBehind = w.notBehind;
        delivered = w.delivered;
        refused = w.refused;
        dropped = w.dropped;
        again = w.again;
        crashes = w.crashes;
        cuts = w.cuts;
        repairs = w.repairs;
        kills = w.kills;
        up = w.up;
        wrong = w.wrong;
    }

    boolean has(Mistake mistake) {
        return bounds.mistakes.contains(mistake);
    }

    void toBypass(int r, long item) {
        bypass[r] = with(bypass[r], item);
        tail[r]++;
    }

    // These reach nobody.
    void give(long[] items) {
        for (long item : items) {
            if (isPacket(item) && (again & 1 << (int) item) == 0) {
                dropped |= 1 << (int) item;
            }
        }
    }

    boolean isPacket(long item) {
        return item < bounds.packets && item >= 0;
    }

    static long[] with(long[] items, long item) {
        long[] more = Arrays.copyOf(items, items.length + 1);
        more[items.length] = item;
        return more;
    }

    static long[] rest(long[] items) {
        return Arrays.copyOfRange(items, 1, items.length);
    }

    /// What tells it from others.
    public byte[] key() {
        if (key == null) {
            key = makeKey();
        }
        return key;
    }

    byte[] makeKey() {
        ByteBuffer to = ByteBuffer.allocate(1024);
        put(to, tx.slot(), tx.epoch());
        put(to, flags(tx.isBlocked(), tx.isEnded(), tx.isReturned(), tx.isNormal()));
        put(to, kept, keptAt, cutEpoch, cutKnown ? 1 : 0, cutAt, again);
        put(to, cutRead, before, inEpoch, read[0], read[1]);
        to.putLong(tx.obeyed()).putLong(txCommand).putLong(txObeyed);
        put(to, sent, written, late, rule, epochs, delivered, refused, dropped);
        put(to, crashes, cuts, repairs, kills, wrong == null ? 0 : 1);
        put(
                to,
                flags(
                        senderAlive,
                        settling,
                        goneSeen[0],
                        goneSeen[1],
                        goneSeen[2],
                        up,
                        unanswered));
        put(to, toSwitch);
        for (int r = 0; r < RECEIVERS; r++) {
            put(to, toReceiver[r]);
            put(to, bypass[r]);
            put(to, tail[r], head[r], readingEpoch[r], drainTo[r], limitedTo[r], rxCommand[r]);
            put(to, rxObeyed[r], limit[r], limitEpoch[r], ended[r], last[r], epoch[r]);
            put(to, writtenBefore[r], flags(receiverAlive[r], reading[r], attached[r]));
            put(to, flags(detaching[r], faulty[r], begun[r]));
            to.putLong(command[r]);
            put(to, limitNumber[r], limitCursor[r], lastLimit[r]);
            put(to, link[r]);
            put(to, todo.get(r));
            Noted n = noted[r];
            put(to, n == null ? null : n.situation);
            if (n != null) {
                put(to, n.todo);
                put(to, n.epoch, n.limit, n.limitCursor, n.writtenBefore, n.begun ? 1 : 0);
                to.putLong(n.command);
            }
        }
        put(to, routes);
        put(to, notBehind);
        return Arrays.copyOf(to.array(), to.position());
    }

    static int flags(boolean... flags) {
        int all = 0;
        for (boolean flag : flags) {
            all = 2 * all + (flag ? 1 : 0);
        }
        return all;
    }

    // All of these are small.
    static void put(ByteBuffer to, int... numbers) {
        for (int number : numbers) {
            to.put((byte) number);
        }
    }

    static void put(ByteBuffer to, Situation s) {
        if (s == null) {
            put(to, -1);
        } else {
            put(to, s.state().ordinal());
            put(to, flags(s.wanted(), s.broken(), s.cut(), s.withdrawn(), s.hurried()));
        }
    }

    static void put(ByteBuffer to, List<Command> commands) {
        put(to, commands.size());
        commands.forEach(c -> put(to, c.ordinal()));
    }

    static void put(ByteBuffer to, long[] items) {
        to.put((byte) items.length);
        for (long item : items) {
            to.putLong(item);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(tx).append(senderAlive ? "" : " dead").append(" sent ").append(sent);
        text.append(' ').append(written).append(' ').append(late);
        text.append(" kept %d %d %d of %d".formatted(kept, keptAt, before, inEpoch));
        text.append(" cut %d %b %d %d".formatted(cutEpoch, cutKnown, cutAt, cutRead));
        text.append(" command %x %x".formatted(txCommand, txObeyed));
        text.append(" rings ").append(hex(toSwitch));
        for (int r = 0; r < RECEIVERS; r++) {
            text.append(" R").append(r).append(receiverAlive[r] ? " " : " dead ");
            text.append(hex(toReceiver[r])).append(hex(bypass[r]));
            text.append(tail[r]).append(' ').append(head[r]).append(reading[r] ? " reads " : " ");
            text.append(readingEpoch[r]).append(' ').append(drainTo[r]).append(' ');
            text.append(limitedTo[r]).append(' ').append(rxCommand[r]).append(' ');
            text.append(rxObeyed[r]).append(' ').append(limit[r]).append(' ');
            text.append(limitEpoch[r]).append(' ').append(ended[r]).append(' ').append(last[r]);
            text.append(attached[r] ? " attached" : "").append(detaching[r] ? " detaching" : "");
            text.append(faulty[r] ? " faulty" : "").append(' ').append(epoch[r]).append(' ');
            text.append(Long.toHexString(command[r])).append(' ').append(writtenBefore[r]);
            text.append(begun[r] ? " begun" : "").append(goneSeen[1 + r] ? " gone " : " ");
            text.append(link[r] == null ? "-" : brief(link[r])).append(todo.get(r));
            text.append(" noted ").append(noted[r]);
        }
        text.append(up ? "" : " down");
        text.append(goneSeen[0] ? " gone" : "").append(" rule ").append(rule);
        text.append(settling ? " settling " : " ").append(Arrays.toString(routes));
        text.append(Arrays.toString(notBehind)).append(" delivered %x".formatted(delivered));
        text.append(" refused %x dropped %x".formatted(refused, dropped));
        text.append(" %d %d %d ".formatted(crashes, cuts, repairs)).append(wrong);
        return text.toString();
    }

    static String brief(Situation s) {
        return s.state()
                + (s.wanted() ? "w" : "")
                + (s.broken() ? "b" : "")
                + (s.cut() ? "c" : "")
                + (s.withdrawn() ? "x" : "")
                + (s.hurried() ? "h" : "");
    }

    static String hex(long[] items) {
        StringBuilder text = new StringBuilder("[");
        for (long item : items) {
            text.append(Long.toHexString(item)).append(' ');
        }
        return text.append(']').toString();
    }
}
