package org.skyway.vswitch.link;

import java.io.IOException;
import java.util.List;
import org.skyway.vswitch.link.LinkMachine.Event;
import org.skyway.vswitch.link.LinkMachine.State;
import org.skyway.vswitch.port.Attachment;

/// Looks at clocks, channels and what VNFs write, and tells [LinkSteps] what has happened. Ofproto
/// thread.
final class LinkWatch {
    /// How long a receiver may take to come to a bypass that its dead sender may not have begun.
    private static final long UNCERTAIN_NANOS = 1_000_000_000L;

    /// How long a link must have been in use for its VNFs' silences to be forgotten.
    private static final long FORGIVE_NANOS = 30_000_000_000L;

    /// Why a channel is of no more use whose sender was cut off.
    static final String CUT_OFF = "the switch has ended it without its sender";

    // No link takes more steps at once than its whole life has.
    private static final int MOST_STEPS = 16;

    private final List<Link> links;
    private final Exits exits;
    private final Channels channels;
    private final LinkSteps steps;
    private final long deadlineNanos;

    LinkWatch(
            List<Link> links, Exits exits, Channels channels, LinkSteps steps, long deadlineNanos) {
        this.links = links;
        this.exits = exits;
        this.channels = channels;
        this.steps = steps;
        this.deadlineNanos = deadlineNanos;
    }

    /// Brings a link as far as it comes now.
    void advance(Link link) {
        steps.finish(link);
        for (int steps = 0; steps < MOST_STEPS; steps++) {
            State before = link.situation().state();
            observe(link, System.nanoTime());
            if (link.isIn(before)) {
                return;
            }
        }
    }

    private void observe(Link link, long now) {
        switch (link.situation().state()) {
            case DETECTED -> plug(link);
            case PLUGGING -> lookAtChannel(link);
            case READY -> lookAtReady(link, now);
            case ARMED -> {
                if (link.sender().control().obeyed() == link.command) {
                    link.activations++;
                    steps.happens(link, Event.OBEYED, "the sender has obeyed");
                } else if (now - link.commandedNanos > deadlineNanos) {
                    steps.silent(link.sender(), "begin", link);
                }
            }
            case ACTIVE -> {
                if (now - link.sinceNanos() > FORGIVE_NANOS) {
                    link.sender().forgive();
                    link.receiver().forgive();
                }
            }
            case ASKED -> lookAtSender(link, now);
            case LIMITED -> lookAtReceiver(link, now);
            case DRAINING -> lookAtRing(link, now);
            case FAILED -> {
                if (now - link.retryNanos >= 0) {
                    steps.happens(link, Event.RETRY, "trying again");
                }
            }
            case UNPLUGGING -> {
                if (link.channel == null || link.channel.state() == Channel.State.GONE) {
                    steps.happens(link, Event.UNPLUGGED, link.reason());
                }
            }
            case GONE -> {}
        }
    }

    private void plug(Link link) {
        Channel channel;
        try {
            channel = channels.plug(link);
        } catch (IOException e) {
            steps.happens(link, Event.REFUSED, e.getMessage());
            return;
        }
        link.channel = channel;
        steps.happens(link, Event.MADE, "asked both sides to map " + channel);
    }

    private void lookAtChannel(Link link) {
        if (link.channel.state() == Channel.State.PLUGGING) {
            return;
        }
        String failure = link.channel.failure();
        if (failure != null) {
            steps.happens(link, Event.NOT_PLUGGED, failure);
        } else {
            link.failures = 0;
            steps.happens(link, Event.PLUGGED, "both sides have mapped it");
        }
    }

    private void lookAtReady(Link link, long now) {
        if (link.sender().isGone()) {
            steps.happens(link, Event.SENDER_GONE, "a VNF is gone");
        } else if (link.receiver().isGone()) {
            steps.happens(link, Event.RECEIVER_GONE, "a VNF is gone");
        } else if (link.situation().wanted()) {
            if (senderIsFree(link) && !link.sender().isResting() && !link.receiver().isResting()) {
                steps.happens(link, Event.MAY_BEGIN, link.reason());
            }
        } else if (link.situation().withdrawn() || now - link.sinceNanos() > Links.LINGER_NANOS) {
            steps.happens(link, Event.LINGERED, "not used for a while");
        }
    }

    private void lookAtSender(Link link, long now) {
        Attachment sender = link.sender();
        if (sender.isGone() || sender.hasObeyed()) {
            steps.happens(link, Event.OBEYED, link.reason());
        } else if (link.situation().hurried() && sender.isResting() || exits.isLate(link, now)) {
            steps.happens(link, Event.CUT_OFF, link.reason());
            steps.replace(link.channel, CUT_OFF);
            steps.silent(sender, "end", link);
        }
    }

    private void lookAtReceiver(Link link, long now) {
        Attachment receiver = link.receiver();
        if (receiver.isGone() || receiver.isResting() || receiver.hasNoticed(link.limit)) {
            steps.happens(link, Event.NOTICED, link.reason());
        } else if (exits.isNoticeLate(link, now)) {
            steps.happens(link, Event.NOTICED, link.reason());
            steps.silent(receiver, "take notice of the end of", link);
        }
    }

    private void lookAtRing(Link link, long now) {
        boolean senderIsGone = link.sender().isGone();
        Attachment receiver = link.receiver();
        boolean drained =
                link.unreadable && !link.situation().cut()
                        || receiver.isGone()
                        || receiver.control().ended(link.channel.slotOf(receiver)) == link.epoch
                        || neverBegun(link)
                        || senderIsGone
                                && now - link.sinceNanos()
                                        > (link.begun ? Links.DRAIN_NANOS : UNCERTAIN_NANOS);
        boolean stuck =
                !drained && !receiver.isResting() && now - link.sinceNanos() > Links.DRAIN_NANOS;
        if (link.situation().cut()) {
            exits.giveBack(link, drained || stuck, now);
        }
        if (drained) {
            steps.happens(link, Event.DRAINED, "the receiver has read it to the end");
        } else if (stuck) {
            steps.happens(link, Event.STUCK, "its receiver does not read it to the end");
        }
    }

    // A sender that has written nothing and has obeyed has left no marks anywhere. One that was cut
    // off may have left TO_BYPASS: the receiver must have come to that before the slot is
    // another's.
    private static boolean neverBegun(Link link) {
        return !link.sender().isGone()
                && (!link.situation().cut() || link.sender().hasObeyed())
                && link.channel.written(link.sender()) == link.writtenBefore;
    }

    /// Only the sender's last command counts, so it must have obeyed that.
    boolean senderIsFree(Link link) {
        Attachment sender = link.sender();
        return sender.hasObeyed()
                && links.stream()
                        .noneMatch(l -> l.sender() == sender && l.situation().state().isArmed());
    }
}
