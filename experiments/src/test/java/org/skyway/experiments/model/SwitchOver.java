package org.skyway.experiments.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.ring.Mark;
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
final class SwitchOver extends VnfSteps implements Checker.World {
    // What ends a switch in the middle of a step.
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Killed() {
            super(null, null, false, false);
        }
    }

    SwitchOver(Bounds bounds) {
        super(bounds);
        want();
    }

    private SwitchOver(SwitchOver w) {
        super(w);
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
        boolean killed = kills < bounds.kills();
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
        if (crashes < bounds.crashes()) {
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
        if (up && kills < bounds.kills()) {
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
            if (up
                    && repairs < bounds.repairs()
                    && link[r] != null
                    && link[r].state().isPlugged()) {
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
        int r = Math.max(0, bounds.rules().get(rule));
        if (receiverAlive[r] && toReceiver[r].length < bounds.room()) {
            toReceiver[r] = with(toReceiver[r], item);
        } else {
            refused |= 1 << (int) item;
        }
    }

    private void change() {
        if (settling || rule + 1 == bounds.rules().size()) {
            return;
        }
        rule++;
        settling = true;
        unanswered = true;
        for (int r = 0; r < RECEIVERS; r++) {
            if (link[r] != null && bounds.rules().get(rule) != r) {
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
            boolean wanted = bounds.rules().get(rule) == r;
            if (!off && !wanted && !has(Mistake.BARRIER_TOO_EARLY)) {
                return;
            }
        }
        settling = false;
        unanswered = false;
        notBehind = notBehind.clone();
        for (int e = 1; e <= epochs; e++) {
            int r = routes[e - 1];
            boolean goesOn = r >= 0 && bounds.rules().get(rule) == r && epoch[r] == e;
            if (r >= 0 && !goesOn && notBehind[e - 1] < 0) {
                notBehind[e - 1] = sent;
            }
        }
        want();
    }

    private void want() {
        int r = bounds.rules().get(rule);
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
                } else if (link[r].hurried()
                        && (cuts < bounds.cuts() || cutEpoch == epoch[r])) { // begun before a kill
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
                if (link[r].cut() && !isGivenBack(r)) {
                    takeAlive(next, "link %d is given back".formatted(r), w -> w.giveBack(r));
                    return;
                }
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

    private boolean isGivenBack(int r) {
        boolean left = ControlBlock.epoch(txObeyed) > epoch[r];
        return left || cutKnown && cutEpoch == epoch[r];
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
            if (bounds.rules().get(rule) == r && !settling) {
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
                if (link[r].cut()) {
                    write();
                    cutEpoch = epoch[r];
                    cutKnown = false;
                }
                if (!has(Mistake.NO_LIMIT)) {
                    limitNumber[r] = ++lastLimit[r];
                    limitCursor[r] = tail[r];
                    told(r, () -> tellLimit(r));
                }
                if (link[r].cut() && has(Mistake.GIVEN_BACK_TOO_EARLY)) {
                    giveBack(r);
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

    private void giveBack(int r) {
        write();
        cutEpoch = epoch[r];
        cutAt = limitCursor[r];
        cutRead = readingEpoch[r] == epoch[r] ? read[r] : 0;
        cutKnown = true;
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
            if (n != null && LinkAdoption.goesOn(n.situation())) {
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
                happens(r, bounds.rules().get(rule) == r ? Event.WANTED : Event.UNWANTED);
            }
        }
    }

    private void restore(int r, Noted n) {
        link[r] = n.situation();
        todo.set(r, n.todo());
        epoch[r] = n.epoch();
        command[r] = n.command();
        limitNumber[r] = n.limit();
        limitCursor[r] = n.limitCursor();
        writtenBefore[r] = n.writtenBefore();
        begun[r] = n.begun();
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
        boolean leaves =
                senderAlive && !tx.isNormal() && tx.slot() == r && txCommand != tx.obeyed();
        if (leaves && !has(Mistake.DETACHED_BEFORE_IT_OBEYED)) {
            return;
        }
        detaching[r] = false;
        attached[r] = false;
        if (!tx.isNormal() && tx.slot() == r) {
            tx.abandon();
            kept = -1;
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
        if (senderAlive && sent < bounds.packets()) {
            return "the sender is stuck";
        }
        int all = (1 << bounds.packets()) - 1;
        int missing = all & ~delivered & ~dropped & ~refused;
        if (missing != 0) {
            return "packet %d is lost".formatted(Integer.numberOfTrailingZeros(missing));
        }
        if (crashes == 0 && dropped != 0) {
            return "packet %d was given up".formatted(Integer.numberOfTrailingZeros(dropped));
        }
        int r = bounds.rules().get(rule);
        if (r >= 0 && crashes == 0 && (link[r] == null || link[r].state() != State.ACTIVE)) {
            return "the link that the rules want is not there";
        }
        return null;
    }
}
