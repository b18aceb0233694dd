package org.skyway.experiments.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.ring.Mark;
import org.skyway.pmd.port.RxRules;
import org.skyway.pmd.port.TxMachine;
import org.skyway.vswitch.link.LinkAdoption;
import org.skyway.vswitch.link.LinkMachine;
import org.skyway.vswitch.link.LinkMachine.Command;
import org.skyway.vswitch.link.LinkMachine.Event;
import org.skyway.vswitch.link.LinkMachine.Situation;
import org.skyway.vswitch.link.LinkMachine.State;

/// A sender, two receivers, and a switch whose rules change: packets have numbers, go through rings
/// of a few cells, and each party may be arbitrarily slow. Senders and receivers do what
/// [TxMachine] and [RxRules] say, links what [LinkMachine] says, and a switch that comes after one
/// that was killed what [LinkAdoption] says; what stands here besides are rings, control words,
/// what the switch notes for the next one, and what it looks at. It is killed between any two of
/// its writes to VNFs and notes.
///
/// Not in the model: several senders, receivers that let a deadline pass though they live, regions
/// that are cut short, VNFs that lie, and the burst that a switch has in its hands when it is
/// killed.
final class SwitchOver implements Checker.World {
    private static final int RECEIVERS = 2;

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
    private record Noted(
            Situation situation,
            List<Command> todo,
            int epoch,
            long command,
            int limit,
            int limitCursor,
            int writtenBefore,
            boolean begun) {}

    // What ends a switch in the middle of a step.
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Killed() {
            super(null, null, false, false);
        }
    }

    private final Bounds bounds;

    // What VNFs see is for Traces, too.

    // The sender.
    TxMachine tx = new TxMachine();
    boolean senderAlive = true;
    int sent; // packets, so the number of the next
    int written = -1; // a packet that is in a bypass ring and not published
    int late; // a packet that is still to be sent the old way, for one of the mistakes
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

    // The switch.
    private boolean up = true;
    private int writes = Integer.MAX_VALUE; // until it is killed
    private int rule; // index
    private boolean settling;
    private boolean unanswered; // the last change of rules is not barriered
    private int epochs; // noted
    private final Noted[] noted = new Noted[RECEIVERS]; // null: of none that is plugged
    private final Situation[] link = new Situation[RECEIVERS]; // null: none
    final boolean[] attached = new boolean[RECEIVERS];
    private final boolean[] detaching = new boolean[RECEIVERS];
    private final boolean[] faulty = new boolean[RECEIVERS]; // a driver does without the ring
    private final int[] epoch = new int[RECEIVERS];
    private final long[] command = new long[RECEIVERS];
    private final int[] writtenBefore = new int[RECEIVERS];
    private final boolean[] begun = new boolean[RECEIVERS];
    private final boolean[] goneSeen = new boolean[1 + RECEIVERS];
    private final List<List<Command>> todo = new ArrayList<>();
    private final int[] limitNumber = new int[RECEIVERS]; // of the link's limit
    private final int[] limitCursor = new int[RECEIVERS];
    private final int[] lastLimit = new int[RECEIVERS]; // number of the last limit given
    private int[] routes = {}; // by epoch: the receiver
    private int[] notBehind = {}; // by epoch: the first number that may not be delivered in it

    // What became of packets.
    private int delivered; // a bit each
    private int refused; // a bit each: no room in a normal ring, which a port counts
    private int dropped; // a bit each: given up with a ring or its owner
    private int crashes;
    private int cuts;
    private int repairs;
    private int kills;
    private String wrong;
    private byte[] key;

    SwitchOver(Bounds bounds) {
        this.bounds = bounds;
        late = -1;
        for (int r = 0; r < RECEIVERS; r++) {
            todo.add(List.of());
        }
        want();
    }

    // ---- steps

    @Override
    public List<Checker.Next> next() {
        List<Checker.Next> next = new ArrayList<>();
        if (wrong != null) {
            return next;
        }
        if (senderAlive) {
            if (written >= 0) {
                take(next, "sender publishes", SwitchOver::publish);
            } else if (late >= 0) {
                take(next, "sender sends late", SwitchOver::sendLate);
            } else {
                take(next, "sender obeys", SwitchOver::obey);
                take(next, "sender sends", SwitchOver::send);
            }
        }
        if (up) {
            takeAlive(next, "switch forwards", SwitchOver::forward);
            takeAlive(next, "rules change", SwitchOver::change);
            takeAlive(next, "barrier", SwitchOver::answer);
        } else {
            takeAlive(next, "another switch goes on", w -> w.adopt(false));
            if (unanswered) {
                takeAlive(next, "another switch goes on, by the old rules", w -> w.adopt(true));
            }
        }
        for (int i = 0; i < RECEIVERS; i++) {
            int r = i;
            if (receiverAlive[r]) {
                take(next, "receiver %d follows".formatted(r), w -> w.follow(r));
                take(next, "receiver %d reads normal".formatted(r), w -> w.readNormal(r));
                take(next, "receiver %d reads bypass".formatted(r), w -> w.readBypass(r));
            }
            take(next, "link %d is let go".formatted(r), w -> w.detach(r));
            if (up && link[r] != null && !todo.get(r).isEmpty()) {
                takeAlive(next, "link %d goes on".formatted(r), w -> w.finish(r));
            }
            if (up && link[r] != null && !detaching[r]) {
                observe(next, r);
            }
        }
        faults(next);
        return next;
    }

    private void take(List<Checker.Next> next, String what, Consumer<SwitchOver> step) {
        SwitchOver w = new SwitchOver(this);
        step.accept(w);
        add(next, what, w);
    }

    private void add(List<Checker.Next> next, String what, SwitchOver w) {
        w.key = w.makeKey();
        if (!Arrays.equals(w.key, key())) {
            next.add(new Checker.Next(what, w));
        }
    }

    // A step of the switch, which may be killed at any write of it.
    private void takeAlive(List<Checker.Next> next, String what, Consumer<SwitchOver> step) {
        take(next, what, step);
        boolean killed = kills < bounds.kills;
        for (int i = 0; killed; i++) {
            SwitchOver w = new SwitchOver(this);
            w.writes = i;
            try {
                step.accept(w);
                killed = false;
            } catch (Killed e) {
                w.die();
                add(next, "%s; the switch is killed at write %d".formatted(what, i), w);
            }
        }
    }

    private void faults(List<Checker.Next> next) {
        if (crashes < bounds.crashes) {
            if (senderAlive) {
                take(next, "sender crashes", SwitchOver::crashSender);
            }
            for (int i = 0; i < RECEIVERS; i++) {
                int r = i;
                if (receiverAlive[r]) {
                    take(next, "receiver %d crashes".formatted(r), w -> w.crashReceiver(r));
                }
            }
        }
        if (up && kills < bounds.kills) {
            take(next, "the switch is killed", SwitchOver::die);
        }
        if (up && !senderAlive && !goneSeen[0]) {
            takeAlive(next, "sender is gone", SwitchOver::senderGone);
        }
        for (int i = 0; i < RECEIVERS; i++) {
            int r = i;
            if (up && !receiverAlive[r] && !goneSeen[1 + r]) {
                takeAlive(next, "receiver %d is gone".formatted(r), w -> w.receiverGone(r));
            }
            if (up && repairs < bounds.repairs && link[r] != null && link[r].state().isPlugged()) {
                takeAlive(
                        next,
                        "link %d rests".formatted(r),
                        w -> {
                            w.repairs++;
                            w.happens(r, Event.REST);
                        });
            }
        }
    }

    // ---- the sender

    private void obey() {
        boolean sound =
                ControlBlock.mode(txCommand) == ControlBlock.Mode.BYPASS
                        && attached[ControlBlock.slot(txCommand)];
        switch (tx.next(txCommand, true, sound)) {
            case END -> {
                toBypass(tx.slot(), Mark.of(Mark.Kind.END, tx.slot(), tx.epoch()));
                tx.ended();
            }
            case TO_NORMAL -> {
                toSwitch = with(toSwitch, Mark.of(Mark.Kind.TO_NORMAL, tx.slot(), tx.epoch()));
                tx.left();
            }
            case ABANDON, REPORT -> tx.left();
            case TO_BYPASS -> {
                int e = ControlBlock.epoch(txCommand);
                toSwitch =
                        with(
                                toSwitch,
                                Mark.of(Mark.Kind.TO_BYPASS, ControlBlock.slot(txCommand), e));
                if (has(Mistake.MARK_BEFORE_LAST_PACKET) && sent < bounds.packets) {
                    late = sent++;
                }
                tx.began(txCommand);
                txObeyed = txCommand;
            }
            case ACKNOWLEDGE -> {
                tx.acknowledged(txCommand);
                txObeyed = txCommand;
            }
            case WAIT, NONE -> {}
        }
    }

    private void send() {
        if (tx.isBlocked() || sent == bounds.packets) {
            return;
        }
        if (tx.isNormal()) {
            if (toSwitch.length < bounds.room) {
                toSwitch = with(toSwitch, sent++);
            }
        } else if (bypass[tx.slot()].length < bounds.room) {
            written = sent++; // counted by now
        }
    }

    private void publish() {
        toBypass(tx.slot(), written);
        written = -1;
    }

    private void sendLate() {
        toSwitch = with(toSwitch, late);
        late = -1;
    }

    private void crashSender() {
        senderAlive = false;
        crashes++;
        if (written >= 0) {
            dropped |= 1 << written; // it dies with its sender
            written = -1;
        }
        if (late >= 0) {
            dropped |= 1 << late;
            late = -1;
        }
        for (; sent < bounds.packets; sent++) {
            dropped |= 1 << sent;
        }
    }

    // ---- receivers

    private void follow(int r) {
        if (rxObeyed[r] != rxCommand[r]) {
            if (reading[r] && limitEpoch[r] == readingEpoch[r]) {
                limitedTo[r] = limit[r];
            }
            rxObeyed[r] = rxCommand[r];
        }
    }

    private void readNormal(int r) {
        if (toReceiver[r].length == 0) {
            return;
        }
        long item = toReceiver[r][0];
        if (isPacket(item)) {
            toReceiver[r] = rest(toReceiver[r]);
            deliver(r, (int) item, 0);
            return;
        }
        boolean drained = false;
        if (Mark.is(item, Mark.Kind.TO_NORMAL)
                && reading[r]
                && readingEpoch[r] == Mark.epoch(item)) {
            if (drainTo[r] < 0) {
                drainTo[r] = readable(r); // a ring with a limit shows no more
            }
            drained = head[r] >= drainTo[r];
        }
        RxRules.Verdict verdict =
                RxRules.normal(
                        item,
                        attached[r],
                        !faulty[r],
                        reading[r],
                        readingEpoch[r],
                        drained,
                        isAtLimit(r) && !has(Mistake.LIMIT_IS_NO_END));
        switch (verdict) {
            case BEGIN -> {
                reading[r] = true;
                readingEpoch[r] = Mark.epoch(item);
                drainTo[r] = -1;
                limitedTo[r] = limitEpoch[r] == readingEpoch[r] ? limit[r] : -1;
            }
            case FAULT -> fault(r);
            case WAIT -> {
                if (!has(Mistake.NO_DRAINING)) {
                    return;
                }
            }
            case TAKE, SKIP, ENDED -> {}
        }
        toReceiver[r] = rest(toReceiver[r]);
    }

    private void readBypass(int r) {
        if (!reading[r]) {
            return;
        }
        if (head[r] < readable(r)) {
            long item = bypass[r][0];
            bypass[r] = rest(bypass[r]);
            head[r]++;
            if (isPacket(item)) {
                deliver(r, (int) item, readingEpoch[r]);
            } else if (RxRules.bypass(item, readingEpoch[r]) == RxRules.Verdict.ENDED) {
                stop(r);
            } else {
                fault(r);
            }
        } else if (isAtLimit(r)) {
            stop(r);
        }
    }

    private int readable(int r) {
        return limitedTo[r] >= 0 ? Math.min(limitedTo[r], tail[r]) : tail[r];
    }

    private boolean isAtLimit(int r) {
        return limitedTo[r] >= 0 && head[r] >= limitedTo[r];
    }

    private void stop(int r) {
        reading[r] = false;
        drainTo[r] = -1;
        ended[r] = readingEpoch[r];
    }

    private void fault(int r) {
        reading[r] = false;
        faulty[r] = true;
        wrong = "receiver %d finds a fault in the ring of an honest sender".formatted(r);
    }

    private void deliver(int r, int number, int on) {
        if ((delivered & 1 << number) != 0) {
            wrong = "packet %d came twice".formatted(number);
        } else if ((dropped & 1 << number) != 0) {
            wrong = "packet %d came though it was given up".formatted(number);
        } else if (number < last[r]) {
            wrong = "packet %d came after %d".formatted(number, last[r]);
        } else if (on > 0 && notBehind[on - 1] >= 0 && number >= notBehind[on - 1]) {
            wrong =
                    "packet %d came on a bypass that had ended before it was sent"
                            .formatted(number);
        }
        delivered |= 1 << number;
        last[r] = number;
    }

    private void crashReceiver(int r) {
        receiverAlive[r] = false;
        crashes++;
        give(toReceiver[r]);
        toReceiver[r] = new long[0];
        reading[r] = false;
    }

    // ---- the switch

    private void forward() {
        if (toSwitch.length == 0) {
            return;
        }
        long item = toSwitch[0];
        toSwitch = rest(toSwitch);
        if (!isPacket(item)) {
            int r = routes[Mark.epoch(item) - 1];
            if (r >= 0 && receiverAlive[r]) {
                toReceiver[r] = with(toReceiver[r], item);
            }
            return;
        }
        int r = Math.max(0, bounds.rules.get(rule));
        if (receiverAlive[r] && toReceiver[r].length < bounds.room) {
            toReceiver[r] = with(toReceiver[r], item);
        } else {
            refused |= 1 << (int) item;
        }
    }

    private void change() {
        if (settling || rule + 1 == bounds.rules.size()) {
            return;
        }
        rule++;
        settling = true;
        unanswered = true;
        for (int r = 0; r < RECEIVERS; r++) {
            if (link[r] != null && bounds.rules.get(rule) != r) {
                happens(r, Event.UNWANTED);
            } else if (link[r] != null) {
                happens(r, Event.HASTENED);
            }
        }
    }

    private void answer() {
        if (!settling) {
            return;
        }
        for (int r = 0; r < RECEIVERS; r++) {
            boolean off = link[r] == null || link[r].state().isOff();
            boolean wanted = bounds.rules.get(rule) == r;
            if (!off && !wanted && !has(Mistake.BARRIER_TOO_EARLY)) {
                return;
            }
        }
        settling = false;
        unanswered = false;
        notBehind = notBehind.clone();
        for (int e = 1; e <= epochs; e++) {
            int r = routes[e - 1];
            boolean goesOn = r >= 0 && bounds.rules.get(rule) == r && epoch[r] == e;
            if (r >= 0 && !goesOn && notBehind[e - 1] < 0) {
                notBehind[e - 1] = sent;
            }
        }
        want();
    }

    private void want() {
        int r = bounds.rules.get(rule);
        if (r < 0 || goneSeen[0] || goneSeen[1 + r]) {
            return;
        }
        if (link[r] == null) {
            link[r] = Situation.FIRST;
        } else {
            happens(r, Event.WANTED);
        }
    }

    private void senderGone() {
        goneSeen[0] = true;
        for (int r = 0; r < RECEIVERS; r++) {
            if (link[r] != null) {
                if (!link[r].state().isOff()) {
                    begun[r] = ControlBlock.epoch(txObeyed) - epoch[r] >= 0;
                } else if (link[r].state() == State.DRAINING) {
                    begun[r] = tail[r] != writtenBefore[r];
                }
                happens(r, Event.SENDER_GONE);
            }
        }
    }

    private void receiverGone(int r) {
        goneSeen[1 + r] = true;
        if (link[r] != null) {
            happens(r, Event.RECEIVER_GONE);
        }
    }

    // What the switch may see of a link.
    private void observe(List<Checker.Next> next, int r) {
        boolean gone = goneSeen[0];
        switch (link[r].state()) {
            case DETECTED -> event(next, r, Event.MADE);
            case PLUGGING -> event(next, r, attached[r] ? Event.PLUGGED : Event.NOT_PLUGGED);
            case READY -> {
                if (gone) {
                    event(next, r, Event.SENDER_GONE);
                } else if (goneSeen[1 + r]) {
                    event(next, r, Event.RECEIVER_GONE);
                } else if (!link[r].wanted()) {
                    event(next, r, Event.LINGERED);
                } else if (senderIsFree()) {
                    event(next, r, Event.MAY_BEGIN);
                }
            }
            case ARMED -> {
                if (txObeyed == command[r]) {
                    event(next, r, Event.OBEYED);
                }
            }
            case ASKED -> {
                if (gone || txObeyed == txCommand) {
                    event(next, r, Event.OBEYED);
                } else if (link[r].hurried() && cuts < bounds.cuts) {
                    takeAlive(
                            next,
                            "link %d CUT_OFF".formatted(r),
                            w -> {
                                w.cuts++;
                                w.happens(r, Event.CUT_OFF);
                            });
                }
            }
            case LIMITED -> {
                if (goneSeen[1 + r] || rxObeyed[r] >= limitNumber[r]) {
                    event(next, r, Event.NOTICED);
                }
            }
            case DRAINING -> {
                boolean drained =
                        link[r].broken() && !link[r].cut()
                                || goneSeen[1 + r]
                                || ended[r] == epoch[r]
                                || has(Mistake.EPOCH_NOT_COMPARED) && ended[r] != 0
                                || neverBegun(r)
                                || gone && !begun[r];
                if (drained) {
                    event(next, r, Event.DRAINED);
                }
            }
            case FAILED -> event(next, r, Event.RETRY);
            case UNPLUGGING -> event(next, r, Event.UNPLUGGED);
            case ACTIVE, GONE -> {}
        }
    }

    private boolean neverBegun(int r) {
        boolean obeyed = !link[r].cut() || txObeyed == txCommand;
        return !goneSeen[0] && obeyed && tail[r] == writtenBefore[r];
    }

    private void event(List<Checker.Next> next, int r, Event event) {
        takeAlive(next, "link %d %s".formatted(r, event), w -> w.happens(r, event));
    }

    private boolean senderIsFree() {
        boolean armed = false;
        for (Situation s : link) {
            armed |= s != null && s.state().isArmed();
        }
        return txObeyed == txCommand && !armed;
    }

    // ---- what it does about links, and notes

    private void happens(int r, Event event) {
        finish(r);
        LinkMachine.Step step = LinkMachine.step(link[r], event);
        if (event == Event.MADE) {
            write(); // the channel is noted
            attached[r] = senderAlive && receiverAlive[r];
            faulty[r] = false;
            bypass[r] = new long[0];
            head[r] = tail[r];
            ended[r] = 0;
        }
        link[r] = step.next();
        todo.set(r, step.commands());
        finish(r);
        note(r);
        if (link[r].state() == State.GONE) {
            link[r] = null;
            if (bounds.rules.get(rule) == r && !settling) {
                want();
            }
        }
    }

    private void finish(int r) {
        while (!todo.get(r).isEmpty()) {
            Command c = todo.get(r).getFirst();
            todo.set(r, todo.get(r).subList(1, todo.get(r).size()));
            execute(r, c);
        }
    }

    private void execute(int r, Command c) {
        switch (c) {
            case ARM -> {
                writtenBefore[r] = tail[r];
                begun[r] = false;
                epoch[r] = epochs + 1;
                command(r, ControlBlock.Mode.BYPASS, r);
            }
            case LEAVE -> command(r, ControlBlock.Mode.NORMAL, -1);
            case ABANDON -> command(r, ControlBlock.Mode.ABANDON, -1);
            case END_RING -> {
                write();
                toBypass(r, Mark.of(Mark.Kind.END, 0, epoch[r]));
            }
            case LIMIT -> {
                if (!has(Mistake.NO_LIMIT)) {
                    limitNumber[r] = ++lastLimit[r];
                    limitCursor[r] = tail[r];
                    told(r, () -> tellLimit(r));
                }
            }
            case LET_GO -> {
                write();
                noted[r] = null;
                write();
                detaching[r] = attached[r];
            }
            case SETTLE, CORRECT -> note(r);
            case HURRY, FREEZE, FOLLOW_PATH, WAIT -> {}
        }
    }

    private void tellLimit(int r) {
        write();
        limit[r] = limitCursor[r];
        limitEpoch[r] = epoch[r];
        write();
        rxCommand[r] = lastLimit[r];
    }

    private void command(int r, ControlBlock.Mode mode, int route) {
        write();
        epochs++;
        routes = Arrays.copyOf(routes, epochs);
        routes[epochs - 1] = route;
        notBehind = Arrays.copyOf(notBehind, epochs);
        notBehind[epochs - 1] = -1;
        command[r] = ControlBlock.command(mode, r, epochs);
        told(
                r,
                () -> {
                    write();
                    txCommand = command[r];
                });
    }

    private void told(int r, Runnable tell) {
        if (has(Mistake.NOTES_LATE)) {
            tell.run();
            note(r);
        } else {
            note(r);
            tell.run();
        }
    }

    // All at once, as a RedoLog does it.
    private void note(int r) {
        if (!attached[r] || detaching[r] || link[r].state() == State.DETECTED) {
            return; // there is no channel
        }
        write();
        noted[r] =
                new Noted(
                        link[r],
                        has(Mistake.NOTES_NO_REST) ? List.of() : todo.get(r),
                        epoch[r],
                        command[r],
                        limitNumber[r],
                        limitCursor[r],
                        writtenBefore[r],
                        begun[r]);
    }

    // Here the switch may be killed.
    private void write() {
        if (writes-- == 0) {
            throw new Killed();
        }
    }

    // ---- another switch

    // What only the switch knew is gone.
    private void die() {
        up = false;
        writes = Integer.MAX_VALUE;
        kills++;
        Arrays.fill(goneSeen, false);
        routes = routes.clone();
        Arrays.fill(routes, -1);
        for (int r = 0; r < RECEIVERS; r++) {
            forget(r);
        }
    }

    private void forget(int r) {
        link[r] = null;
        todo.set(r, List.of());
        epoch[r] = 0;
        command[r] = 0;
        limitNumber[r] = 0;
        limitCursor[r] = 0;
        lastLimit[r] = 0;
        writtenBefore[r] = 0;
        begun[r] = false;
    }

    /// @param before whether the last change of rules, whose barrier was not answered, is lost
    private void adopt(boolean before) {
        up = true;
        rule -= before ? 1 : 0;
        unanswered &= !before;
        settling = true;
        for (int r = 0; r < RECEIVERS; r++) {
            lastLimit[r] = rxCommand[r];
            Noted n = noted[r];
            if (n != null && LinkAdoption.goesOn(n.situation)) {
                restore(r, n);
            } else {
                write();
                noted[r] = null;
                write();
                detaching[r] = attached[r];
            }
        }
        for (int r = 0; r < RECEIVERS; r++) {
            if (link[r] != null) {
                again(r);
            }
        }
        for (int r = 0; r < RECEIVERS; r++) {
            if (link[r] != null) {
                happens(r, bounds.rules.get(rule) == r ? Event.WANTED : Event.UNWANTED);
            }
        }
    }

    private void restore(int r, Noted n) {
        link[r] = n.situation;
        todo.set(r, n.todo);
        epoch[r] = n.epoch;
        command[r] = n.command;
        limitNumber[r] = n.limit;
        limitCursor[r] = n.limitCursor;
        writtenBefore[r] = n.writtenBefore;
        begun[r] = n.begun;
        if (has(Mistake.FORGETS_LIMIT) && link[r].state() == State.LIMITED) {
            link[r] = LinkMachine.step(link[r], Event.NOTICED).next();
        }
    }

    private void again(int r) {
        for (LinkAdoption.Again again : LinkAdoption.again(link[r], todo.get(r), epoch[r] != 0)) {
            switch (again) {
                case ROUTE -> {
                    routes = routes.clone();
                    routes[epoch[r] - 1] = r;
                }
                case COMMAND -> {
                    write();
                    txCommand = command[r];
                }
                case LIMIT -> {
                    lastLimit[r] = Math.max(lastLimit[r], limitNumber[r]);
                    tellLimit(r);
                }
                case FREEZE -> {}
            }
        }
    }

    // Both drivers let go between two bursts.
    private void detach(int r) {
        if (!detaching[r] || written >= 0 && tx.slot() == r) {
            return;
        }
        detaching[r] = false;
        attached[r] = false;
        if (!tx.isNormal() && tx.slot() == r) {
            tx.abandon();
        }
        reading[r] = false;
        drainTo[r] = -1;
        give(bypass[r]);
        bypass[r] = new long[0];
        head[r] = tail[r];
    }

    // ---- what must be so

    @Override
    public String wrong() {
        return wrong;
    }

    @Override
    public String wrongAtRest() {
        if (settling) {
            return "a barrier is never answered";
        }
        if (senderAlive && sent < bounds.packets) {
            return "the sender is stuck";
        }
        int all = (1 << bounds.packets) - 1;
        int missing = all & ~delivered & ~dropped & ~refused;
        if (missing != 0) {
            return "packet %d is lost".formatted(Integer.numberOfTrailingZeros(missing));
        }
        if (crashes == 0 && cuts == 0 && dropped != 0) {
            return "packet %d was given up".formatted(Integer.numberOfTrailingZeros(dropped));
        }
        int r = bounds.rules.get(rule);
        if (r >= 0 && crashes == 0 && (link[r] == null || link[r].state() != State.ACTIVE)) {
            return "the link that the rules want is not there";
        }
        return null;
    }

    private boolean has(Mistake mistake) {
        return bounds.mistakes.contains(mistake);
    }

    private void toBypass(int r, long item) {
        bypass[r] = with(bypass[r], item);
        tail[r]++;
    }

    // These reach nobody.
    private void give(long[] items) {
        for (long item : items) {
            if (isPacket(item)) {
                dropped |= 1 << (int) item;
            }
        }
    }

    private boolean isPacket(long item) {
        return item < bounds.packets && item >= 0;
    }

    private static long[] with(long[] items, long item) {
        long[] more = Arrays.copyOf(items, items.length + 1);
        more[items.length] = item;
        return more;
    }

    private static long[] rest(long[] items) {
        return Arrays.copyOfRange(items, 1, items.length);
    }

    @Override
    public byte[] key() {
        if (key == null) {
            key = makeKey();
        }
        return key;
    }

    private byte[] makeKey() {
        ByteBuffer to = ByteBuffer.allocate(1024);
        put(to, tx.slot(), tx.epoch(), flags(tx.isBlocked(), tx.isEnded(), tx.isNormal()));
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

    private static int flags(boolean... flags) {
        int all = 0;
        for (boolean flag : flags) {
            all = 2 * all + (flag ? 1 : 0);
        }
        return all;
    }

    // All of these are small.
    private static void put(ByteBuffer to, int... numbers) {
        for (int number : numbers) {
            to.put((byte) number);
        }
    }

    private static void put(ByteBuffer to, Situation s) {
        if (s == null) {
            put(to, -1);
        } else {
            put(to, s.state().ordinal());
            put(to, flags(s.wanted(), s.broken(), s.cut(), s.withdrawn(), s.hurried()));
        }
    }

    private static void put(ByteBuffer to, List<Command> commands) {
        put(to, commands.size());
        commands.forEach(c -> put(to, c.ordinal()));
    }

    private static void put(ByteBuffer to, long[] items) {
        to.put((byte) items.length);
        for (long item : items) {
            to.putLong(item);
        }
    }

    private SwitchOver(SwitchOver w) {
        bounds = w.bounds;
        tx = w.tx.copy();
        senderAlive = w.senderAlive;
        sent = w.sent;
        written = w.written;
        late = w.late;
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
        crashes = w.crashes;
        cuts = w.cuts;
        repairs = w.repairs;
        kills = w.kills;
        up = w.up;
        wrong = w.wrong;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(tx).append(senderAlive ? "" : " dead").append(" sent ").append(sent);
        text.append(' ').append(written).append(' ').append(late);
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

    private static String brief(Situation s) {
        return s.state()
                + (s.wanted() ? "w" : "")
                + (s.broken() ? "b" : "")
                + (s.cut() ? "c" : "")
                + (s.withdrawn() ? "x" : "")
                + (s.hurried() ? "h" : "");
    }

    private static String hex(long[] items) {
        StringBuilder text = new StringBuilder("[");
        for (long item : items) {
            text.append(Long.toHexString(item)).append(' ');
        }
        return text.append(']').toString();
    }
}
