package org.skyway.vswitch.link;

import java.util.List;

/// What happens to a link, and what is to be done then: a pure function, without time, memory or
/// threads.
///
/// | state | event | next | to be done |
/// |---|---|---|---|
/// | DETECTED | MADE | PLUGGING | |
/// | DETECTED | REFUSED | FAILED | wait for the next try |
/// | PLUGGING | PLUGGED | READY | |
/// | PLUGGING | NOT_PLUGGED | FAILED | let go of the channel, wait |
/// | READY | MAY_BEGIN | ARMED | command the sender onto the bypass |
/// | READY | BROKEN | FAILED | let go, wait |
/// | READY | LINGERED, a VNF is gone | UNPLUGGING | let go |
/// | ARMED | OBEYED | ACTIVE | |
/// | ARMED, ACTIVE | UNWANTED, WITHDRAWN, BROKEN | ASKED | command it off, set the deadline |
/// | ARMED, ACTIVE | REST | ASKED | command it off |
/// | ARMED, ACTIVE | RECEIVER_GONE | ASKED | command it to abandon the bypass, set the deadline |
/// | ARMED, ACTIVE, ASKED | SENDER_GONE | LIMITED | end its ring for it, settle, limit the receiver |
/// | ASKED | OBEYED | LIMITED | settle, limit the receiver |
/// | ASKED | CUT_OFF | LIMITED | freeze the counters, limit the receiver |
/// | LIMITED | NOTICED | DRAINING | |
/// | DRAINING | DRAINED | READY; FAILED if broken | correct what was cut off; let go, wait |
/// | DRAINING | STUCK | FAILED | correct, let go, wait |
/// | FAILED | RETRY | DETECTED; UNPLUGGING if not wanted | ; let go |
/// | DETECTED, FAILED | not wanted any more | UNPLUGGING | let go |
/// | UNPLUGGING | UNPLUGGED | GONE | |
///
/// All else changes at most what is known: whether it is wanted, broken, to be unplugged at once,
/// and whether somebody waits for its end. Straight from DRAINING to ARMED is impossible: the
/// receiver would find a new epoch in a ring whose old one it has not finished. ARMED ends like
/// ACTIVE: the command may be obeyed at any moment.
public final class LinkMachine {
    private LinkMachine() {}

    /// Where a link is.
    public enum State {
        /// The rules make it a link; nothing has been done yet.
        DETECTED(LinkState.DETECTED),
        /// The region is being plugged into both VNFs.
        PLUGGING(LinkState.PLUGGING),
        /// Plugged; the sender uses the normal channel.
        READY(LinkState.READY),
        /// The sender was told to use the bypass and was not seen to obey.
        ARMED(LinkState.READY),
        /// The sender uses the bypass.
        ACTIVE(LinkState.ACTIVE),
        /// The sender was told to leave.
        ASKED(LinkState.REVOKING),
        /// It has, or was cut off; its receiver was told where the bypass ends.
        LIMITED(LinkState.REVOKING),
        /// Nothing that the sender writes from now on is delivered; the receiver may still read.
        DRAINING(LinkState.REVOKING),
        /// It could not be set up or broke, and is tried again later.
        FAILED(LinkState.FAILED),
        /// The region is being taken out of both VNFs.
        UNPLUGGING(LinkState.UNPLUGGING),
        /// It is no more.
        GONE(LinkState.GONE);

        private final LinkState shown;

        State(LinkState shown) {
            this.shown = shown;
        }

        /// What users are told.
        ///
        /// @return one of fewer states
        public LinkState shown() {
            return shown;
        }

        /// Whether the sender is to use the bypass.
        ///
        /// @return true if so
        public boolean isArmed() {
            return this == ARMED || this == ACTIVE;
        }

        /// Whether the sender is on its way off.
        ///
        /// @return true if so
        public boolean isLeaving() {
            return this == ASKED || this == LIMITED;
        }

        /// Whether nothing that the sender writes is delivered past the switch.
        ///
        /// @return true if so
        public boolean isOff() {
            return !isArmed() && !isLeaving();
        }

        /// Whether both VNFs have the region.
        ///
        /// @return true if so
        public boolean isPlugged() {
            return this == READY || this == DRAINING || !isOff();
        }

        /// Whether it never comes back.
        ///
        /// @return true if so
        public boolean hasEnded() {
            return this == UNPLUGGING || this == GONE;
        }
    }

    /// What happens.
    public enum Event {
        /// The rules make it a link, or go on doing so.
        WANTED,
        /// They don't any more.
        UNWANTED,
        /// It is to go and to be unplugged without waiting for whether it will be wanted again.
        WITHDRAWN,
        /// Somebody waits for the end of one that is on its way off.
        HASTENED,
        /// A channel was made and both sides were asked to map it.
        MADE,
        /// No channel could be made.
        REFUSED,
        /// Both sides have mapped it.
        PLUGGED,
        /// One of them has not.
        NOT_PLUGGED,
        /// It is wanted, its sender has done all that it was told, and nobody rests.
        MAY_BEGIN,
        /// The sender has done what it was last told, or is not there to do it.
        OBEYED,
        /// The sender has not in time.
        CUT_OFF,
        /// The receiver has taken notice of its limit, or nobody waits for that any more.
        NOTICED,
        /// The receiver has read all that it will ever read.
        DRAINED,
        /// It does not read.
        STUCK,
        /// The channel is of no more use.
        BROKEN,
        /// One of the VNFs is not to be waited for.
        REST,
        /// The sender's VNF is no more.
        SENDER_GONE,
        /// The receiver's VNF is no more.
        RECEIVER_GONE,
        /// A failed one's time has come.
        RETRY,
        /// Nobody has wanted it for a while.
        LINGERED,
        /// No VNF has the region any more.
        UNPLUGGED
    }

    /// What is to be done, in the order given.
    public enum Command {
        /// Tell the sender to use the bypass.
        ARM,
        /// Tell it to use the normal channel.
        LEAVE,
        /// Tell it to, whatever it can't end properly.
        ABANDON,
        /// Set the deadline by which it must.
        HURRY,
        /// Write the END mark for it.
        END_RING,
        /// Hand its final figures over.
        SETTLE,
        /// Take its figures, not yet final.
        FREEZE,
        /// Tell the receiver where the bypass ends.
        LIMIT,
        /// Find out what a sender that was cut off has lost.
        CORRECT,
        /// From now on another path's entries count.
        FOLLOW_PATH,
        /// Do without the channel: unplug it unless the other direction uses it.
        LET_GO,
        /// Note when to try again.
        WAIT
    }

    /// All that the next step depends on.
    ///
    /// @param state where it is
    /// @param wanted the rules make it a link
    /// @param broken the channel must be replaced
    /// @param cut the sender was taken off without its help
    /// @param withdrawn it is to be unplugged as soon as it is not used
    /// @param hurried somebody waits for its end
    public record Situation(
            State state,
            boolean wanted,
            boolean broken,
            boolean cut,
            boolean withdrawn,
            boolean hurried) {
        /// One that was just detected.
        public static final Situation FIRST =
                new Situation(State.DETECTED, true, false, false, false, false);

        /// Itself as a number, for [#of].
        ///
        /// @return 0 to 2^16 - 1
        int bits() {
            return state.ordinal()
                    | (wanted ? 1 << 8 : 0)
                    | (broken ? 1 << 9 : 0)
                    | (cut ? 1 << 10 : 0)
                    | (withdrawn ? 1 << 11 : 0)
                    | (hurried ? 1 << 12 : 0);
        }

        /// What [#bits] were made of.
        static Situation of(int bits) {
            return new Situation(
                    State.values()[bits & 0xff],
                    (bits & 1 << 8) != 0,
                    (bits & 1 << 9) != 0,
                    (bits & 1 << 10) != 0,
                    (bits & 1 << 11) != 0,
                    (bits & 1 << 12) != 0);
        }

        private Situation to(State next) {
            return new Situation(next, wanted, broken, cut, withdrawn, hurried);
        }

        private Situation wanted(boolean value) {
            return new Situation(state, value, broken, cut, withdrawn && !value, hurried);
        }

        private Situation withWithdrawn() {
            return new Situation(state, false, broken, cut, true, hurried);
        }

        private Situation withBroken() {
            return new Situation(state, wanted, true, cut, withdrawn, hurried);
        }

        private Situation withCut() {
            return new Situation(state, wanted, broken, true, withdrawn, hurried);
        }

        private Situation withHurry() {
            return new Situation(state, wanted, broken, cut, withdrawn, true);
        }

        // A new epoch, or a new channel, begins without the past of the last one.
        private Situation fresh(State next) {
            return new Situation(next, wanted, false, false, withdrawn, false);
        }
    }

    /// A step.
    ///
    /// @param next the situation after it
    /// @param commands what is to be done, in this order
    public record Step(Situation next, List<Command> commands) {}

    /// Takes a step.
    ///
    /// @param now the situation
    /// @param event what happens
    /// @return the step; the same situation and nothing to do if the event does not matter in it
    public static Step step(Situation now, Event event) {
        return switch (now.state) {
            case DETECTED -> detected(now, event);
            case PLUGGING -> plugging(now, event);
            case READY -> ready(now, event);
            case ARMED, ACTIVE -> armed(now, event);
            case ASKED -> asked(now, event);
            case LIMITED -> limited(now, event);
            case DRAINING -> draining(now, event);
            case FAILED -> failed(now, event);
            case UNPLUGGING -> event == Event.UNPLUGGED ? does(now.to(State.GONE)) : does(now);
            case GONE -> does(now);
        };
    }

    private static Step detected(Situation now, Event event) {
        return switch (event) {
            case MADE -> does(now.to(State.PLUGGING));
            case REFUSED -> does(now.to(State.FAILED), Command.WAIT);
            case UNWANTED, WITHDRAWN, SENDER_GONE, RECEIVER_GONE -> unplug(now.wanted(false));
            default -> noted(now, event);
        };
    }

    private static Step plugging(Situation now, Event event) {
        return switch (event) {
            case PLUGGED -> does(now.to(State.READY));
            case NOT_PLUGGED -> fail(now);
            default -> noted(now, event);
        };
    }

    private static Step ready(Situation now, Event event) {
        return switch (event) {
            case MAY_BEGIN -> now.wanted ? does(now.fresh(State.ARMED), Command.ARM) : does(now);
            case BROKEN -> fail(now);
            case LINGERED -> now.wanted ? does(now) : unplug(now);
            case SENDER_GONE, RECEIVER_GONE -> unplug(now.wanted(false));
            default -> noted(now, event);
        };
    }

    private static Step armed(Situation now, Event event) {
        return switch (event) {
            case OBEYED -> does(now.to(State.ACTIVE));
            case UNWANTED -> leave(now.wanted(false).withHurry(), Command.LEAVE);
            case WITHDRAWN -> leave(now.withWithdrawn().withHurry(), Command.LEAVE);
            case BROKEN -> leave(now.withBroken().withHurry(), Command.LEAVE);
            case REST -> leave(now, Command.LEAVE);
            case RECEIVER_GONE -> leave(now.wanted(false).withHurry(), Command.ABANDON);
            case SENDER_GONE -> dead(now.wanted(false));
            default -> noted(now, event);
        };
    }

    private static Step asked(Situation now, Event event) {
        return switch (event) {
            case OBEYED -> does(now.to(State.LIMITED), Command.SETTLE, Command.LIMIT);
            case CUT_OFF ->
                    // What the sender publishes behind the limit stays in the ring.
                    does(
                            now.withCut().withBroken().to(State.LIMITED),
                            Command.FREEZE,
                            Command.LIMIT);
            case SENDER_GONE -> dead(now.wanted(false));
            case UNWANTED -> hurry(now.wanted(false));
            case WITHDRAWN -> hurry(now.withWithdrawn());
            case HASTENED -> hurry(now);
            default -> noted(now, event);
        };
    }

    private static Step limited(Situation now, Event event) {
        return event == Event.NOTICED ? does(now.to(State.DRAINING)) : noted(now, event);
    }

    private static Step draining(Situation now, Event event) {
        if (event == Event.STUCK) {
            return draining(now.withBroken(), Event.DRAINED);
        }
        if (event != Event.DRAINED) {
            return noted(now, event);
        }
        if (now.broken) {
            return does(
                    now.fresh(State.FAILED),
                    Command.CORRECT,
                    Command.FOLLOW_PATH,
                    Command.LET_GO,
                    Command.WAIT);
        }
        return does(now.fresh(State.READY), Command.CORRECT, Command.FOLLOW_PATH);
    }

    private static Step failed(Situation now, Event event) {
        return switch (event) {
            case RETRY -> now.wanted ? does(now.fresh(State.DETECTED)) : unplug(now);
            case UNWANTED, WITHDRAWN, SENDER_GONE, RECEIVER_GONE -> unplug(now.wanted(false));
            default -> noted(now, event);
        };
    }

    // What only changes what is known.
    private static Step noted(Situation now, Event event) {
        return does(
                switch (event) {
                    case WANTED -> now.wanted(true);
                    case UNWANTED, SENDER_GONE, RECEIVER_GONE -> now.wanted(false);
                    case WITHDRAWN -> now.withWithdrawn();
                    case BROKEN -> now.state.isPlugged() ? now.withBroken() : now;
                    default -> now;
                });
    }

    private static Step leave(Situation now, Command how) {
        Situation next = now.to(State.ASKED);
        return now.hurried ? does(next, how, Command.HURRY) : does(next, how);
    }

    private static Step hurry(Situation now) {
        return now.hurried ? does(now) : does(now.withHurry(), Command.HURRY);
    }

    private static Step dead(Situation now) {
        return does(now.to(State.LIMITED), Command.END_RING, Command.SETTLE, Command.LIMIT);
    }

    private static Step fail(Situation now) {
        return does(now.fresh(State.FAILED), Command.LET_GO, Command.WAIT);
    }

    private static Step unplug(Situation now) {
        return does(now.to(State.UNPLUGGING), Command.LET_GO);
    }

    private static Step does(Situation next, Command... commands) {
        return new Step(next, List.of(commands));
    }
}
