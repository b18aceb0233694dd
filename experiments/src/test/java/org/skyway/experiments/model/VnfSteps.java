package org.skyway.experiments.model;

import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.ring.Mark;
import org.skyway.pmd.port.RxRules;

/// What the sender and the receivers of [SwitchOver] do.
abstract class VnfSteps extends SwitchOverState {
    VnfSteps(Bounds bounds) {
        super(bounds);
    }

    VnfSteps(SwitchOverState w) {
        super(w);
    }

    // ---- the sender

    void obey() {
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
                tx.returned();
            }
            case SEND_AGAIN -> sendAgain();
            case ABANDON, REPORT -> leave();
            case TO_BYPASS -> {
                int e = ControlBlock.epoch(txCommand);
                toSwitch =
                        with(
                                toSwitch,
                                Mark.of(Mark.Kind.TO_BYPASS, ControlBlock.slot(txCommand), e));
                if (has(Mistake.MARK_BEFORE_LAST_PACKET) && sent < bounds.packets()) {
                    late = sent++;
                }
                tx.began(txCommand);
                inEpoch = 0;
                txObeyed = txCommand;
            }
            case ACKNOWLEDGE -> {
                tx.acknowledged(txCommand);
                txObeyed = txCommand;
            }
            case WAIT, NONE -> {}
        }
    }

    private void sendAgain() {
        if (kept >= 0 && cutEpoch == tx.epoch()) {
            if (!cutKnown) {
                return;
            }
            if (keptAt >= cutAt && before >= cutRead && !has(Mistake.LATE_IS_LOST)) {
                if (toSwitch.length >= bounds.room()) {
                    return;
                }
                toSwitch = with(toSwitch, kept);
                again |= 1 << kept;
            }
        }
        leave();
    }

    private void leave() {
        tx.left();
        kept = -1;
    }

    void send() {
        if (tx.isBlocked() || sent == bounds.packets() || kept >= 0) {
            return; // with a burst that it keeps it has seen that it has to obey
        }
        if (tx.isNormal()) {
            if (toSwitch.length < bounds.room()) {
                toSwitch = with(toSwitch, sent++);
            }
        } else if (bypass[tx.slot()].length < bounds.room()) {
            written = sent++; // counted by now
        }
    }

    void publish() {
        if (txCommand != tx.obeyed()) {
            kept = written;
            keptAt = tail[tx.slot()];
            before = inEpoch;
        }
        inEpoch++;
        toBypass(tx.slot(), written);
        written = -1;
    }

    void sendLate() {
        toSwitch = with(toSwitch, late);
        late = -1;
    }

    void crashSender() {
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
        for (; sent < bounds.packets(); sent++) {
            dropped |= 1 << sent;
        }
    }

    // ---- receivers

    void follow(int r) {
        if (rxObeyed[r] != rxCommand[r]) {
            if (reading[r] && limitEpoch[r] == readingEpoch[r]) {
                limitedTo[r] = limit[r];
            }
            rxObeyed[r] = rxCommand[r];
        }
    }

    void readNormal(int r) {
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
                read[r] = 0;
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

    void readBypass(int r) {
        if (!reading[r]) {
            return;
        }
        if (head[r] < readable(r)) {
            long item = bypass[r][0];
            bypass[r] = rest(bypass[r]);
            head[r]++;
            if (isPacket(item)) {
                read[r]++;
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

    int readable(int r) {
        return limitedTo[r] >= 0 ? Math.min(limitedTo[r], tail[r]) : tail[r];
    }

    boolean isAtLimit(int r) {
        return limitedTo[r] >= 0 && head[r] >= limitedTo[r];
    }

    void stop(int r) {
        reading[r] = false;
        drainTo[r] = -1;
        ended[r] = readingEpoch[r];
    }

    void fault(int r) {
        reading[r] = false;
        faulty[r] = true;
        wrong = "receiver %d finds a fault in the ring of an honest sender".formatted(r);
    }

    void deliver(int r, int number, int on) {
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

    void crashReceiver(int r) {
        receiverAlive[r] = false;
        crashes++;
        give(toReceiver[r]);
        toReceiver[r] = new long[0];
        reading[r] = false;
    }
}
