package org.skyway.experiments.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Cut;
import org.skyway.pmd.port.TxMachine;
import org.skyway.pmd.port.TxMachine.Act;

/// Ways through the model as its sender and its receivers see them: what came in, what they did. A
/// driver that is given the same must do the same; `dpdkr-pmd/dpdk/tests/trace_replay.c` has that
/// in C do so. One thread.
///
/// ```
/// new                               another way begins
/// s attach|detach SLOT              the sender's link
/// s obey COMMAND RING = MARK OBEYED SLOT BLOCKED # ACT
///                                   it looks at its command; RING has room for one mark and the others
///                                   for none: n, a slot, or -; or the normal ring has room for a packet,
///                                   and that is sent again: p and its number. Then: the mark, the
///                                   packet's descriptor or 0, the command that is obeyed, the slot of
///                                   the bypass in use or -1
/// s cut WORD BEHIND READ            the switch says what it has ended; the packet that was published too
///                                   late, if there is one, lies so far behind the limit
/// s send NUMBER                     a packet into the normal ring
/// s write NUMBER SLOT               a packet into a bypass ring, shown later:
/// s publish COMMAND                 by when there is that command
/// r R attach|detach                 the link of receiver R, at slot R
/// r R item ITEM                     a record was written into its bypass ring
/// r R limit CURSOR EPOCH            its limit was written
/// r R command NUMBER                it was told that there is a limit
/// r R follow = OBEYED
/// r R normal ITEM = TAKEN READING EPOCH # VERDICT
///                                   ITEM is next in its normal ring
/// r R bypass = ITEM READING ENDED # VERDICT
///                                   what it took from its bypass ring or 0, and the epoch it says is over
/// ```
///
/// Numbers of packets and slots are decimal, words are hexadecimal.
final class Traces {
    private static final String ENDS = ".*(killed|crashes|CUT_OFF|rests).*";
    private static final int SELDOM = 40;
    private static final long PACKET = 0x10000 | 64; // a descriptor

    private final List<String> lines = new ArrayList<>();

    private Traces() {}

    /// A way, of which each step is drawn.
    ///
    /// @param bounds of the model
    /// @param random draws
    /// @return lines as above
    static List<String> draw(SwitchOverState.Bounds bounds, Random random) {
        Traces traces = new Traces();
        traces.lines.add("new");
        SwitchOver now = new SwitchOver(bounds);
        while (true) {
            List<Checker.Next> steps = now.next();
            if (steps.isEmpty()) {
                return traces.lines;
            }
            Checker.Next step = steps.get(random.nextInt(steps.size()));
            if (step.what().matches(ENDS) && random.nextInt(SELDOM) != 0) {
                continue; // or most ways would be short
            }
            now = traces.take(now, step);
        }
    }

    private SwitchOver take(SwitchOver before, Checker.Next step) {
        SwitchOver after = (SwitchOver) step.world();
        String[] words = step.what().split(" ");
        if (words[0].equals("sender") && words[1].equals("obeys")) {
            return obey(before, after);
        }
        changes(before, after);
        if (words[0].equals("sender") && words[1].equals("sends")) {
            lines.add(
                    after.written >= 0
                            ? "s write %d %d".formatted(after.written, after.tx.slot())
                            : "s send %d".formatted(before.sent));
        } else if (words[0].equals("sender") && words[1].equals("publishes")) {
            lines.add("s publish %x".formatted(before.txCommand));
            if (after.kept >= 0 && after.cutEpoch != 0) {
                cut(after);
            }
        } else if (words[0].equals("receiver")) {
            int r = Integer.parseInt(words[1]);
            switch (words[words.length - 1]) {
                case "follows" -> lines.add("r %d follow = %d".formatted(r, after.rxObeyed[r]));
                case "normal" -> normal(before, after, r);
                case "bypass" -> bypass(before, after, r);
                default -> {}
            }
        }
        return after;
    }

    // What a driver does in one go is one line, of several steps of the model.
    private SwitchOver obey(SwitchOver before, SwitchOver first) {
        Act act = act(before);
        SwitchOver after = first;
        boolean leaves = act == Act.TO_NORMAL || act == Act.SEND_AGAIN || act == Act.ABANDON;
        while (leaves) {
            SwitchOver next = obeys(after);
            Act rest = act(after);
            boolean goesOn =
                    rest == Act.ACKNOWLEDGE
                            || rest == Act.WAIT
                            || rest == Act.SEND_AGAIN && next != null && next.again == after.again;
            leaves = goesOn && next != null;
            after = leaves ? next : after;
        }
        changes(before, after);
        String ring = "-";
        long mark = 0;
        if (after.toSwitch.length > before.toSwitch.length) {
            long item = after.toSwitch[before.toSwitch.length];
            boolean again = after.again != before.again;
            ring = again ? "p" + item : "n";
            mark = again ? PACKET : item;
        }
        for (int r = 0; r < before.tail.length; r++) {
            if (after.tail[r] > before.tail[r]) {
                ring = Integer.toString(r);
                mark = after.bypass[r][after.bypass[r].length - 1];
            }
        }
        lines.add(
                "s obey %x %s = %x %x %d %d # %s"
                        .formatted(
                                before.txCommand,
                                ring,
                                mark,
                                after.txObeyed,
                                after.tx.isNormal() ? -1 : after.tx.slot(),
                                after.tx.isBlocked() ? 1 : 0,
                                act));
        return after;
    }

    private static SwitchOver obeys(SwitchOver world) {
        for (Checker.Next next : world.next()) {
            if (next.what().equals("sender obeys")) {
                return (SwitchOver) next.world();
            }
        }
        return null;
    }

    private static Act act(SwitchOver world) {
        TxMachine tx = world.tx.copy();
        return tx.next(world.txCommand, true, isAttached(world));
    }

    private static boolean isAttached(SwitchOver world) {
        return ControlBlock.mode(world.txCommand) == ControlBlock.Mode.BYPASS
                && world.attached[ControlBlock.slot(world.txCommand)];
    }

    private void normal(SwitchOver before, SwitchOver after, int r) {
        long item = before.toReceiver[r][0];
        boolean taken = after.toReceiver[r].length < before.toReceiver[r].length;
        boolean packet = item >= 0 && item < before.sent;
        boolean begins =
                after.reading[r]
                        && (!before.reading[r] || after.readingEpoch[r] != before.readingEpoch[r]);
        lines.add(
                "r %d normal %x = %d %d %d # %s"
                        .formatted(
                                r,
                                item,
                                taken ? 1 : 0,
                                after.reading[r] ? 1 : 0,
                                after.reading[r] ? after.readingEpoch[r] : 0,
                                packet ? "PACKET" : begins ? "BEGIN" : taken ? "TAKE" : "WAIT"));
    }

    private void bypass(SwitchOver before, SwitchOver after, int r) {
        boolean took = after.head[r] > before.head[r];
        long item = took ? before.bypass[r][0] : -1;
        boolean ended = before.reading[r] && !after.reading[r];
        lines.add(
                "r %d bypass = %s %d %d # %s"
                        .formatted(
                                r,
                                took ? Long.toHexString(item) : "-",
                                after.reading[r] ? 1 : 0,
                                after.ended[r],
                                !ended ? "PACKET" : took ? "ENDED" : "AT_LIMIT"));
    }

    private void cut(SwitchOver world) {
        Cut cut = world.cutKnown ? Cut.RETURNED : Cut.BEGUN;
        lines.add(
                "s cut %x %d %d"
                        .formatted(
                                (long) cut.ordinal() << 32 | world.cutEpoch,
                                world.keptAt - world.cutAt,
                                world.cutRead));
    }

    // What others did to what the parties look at.
    private void changes(SwitchOver before, SwitchOver after) {
        if (after.cutEpoch != before.cutEpoch || after.cutKnown != before.cutKnown) {
            cut(after);
        }
        for (int r = 0; r < before.tail.length; r++) {
            if (after.attached[r] != before.attached[r]) {
                String what = after.attached[r] ? "attach" : "detach";
                if (after.senderAlive) {
                    lines.add("s %s %d".formatted(what, r));
                }
                lines.add("r %d %s".formatted(r, what));
            }
            int more = after.tail[r] - before.tail[r];
            for (int i = after.bypass[r].length - more; i < after.bypass[r].length; i++) {
                lines.add("r %d item %x".formatted(r, after.bypass[r][i]));
            }
            boolean limited =
                    after.limit[r] != before.limit[r]
                            || after.limitEpoch[r] != before.limitEpoch[r];
            if (limited) {
                lines.add("r %d limit %d %d".formatted(r, after.limit[r], after.limitEpoch[r]));
            }
            if (after.rxCommand[r] != before.rxCommand[r]) {
                lines.add("r %d command %d".formatted(r, after.rxCommand[r]));
            }
        }
    }
}
