package org.skyway.vswitch.link;

import java.util.Collection;
import java.util.List;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.vswitch.link.LinkMachine.Command;
import org.skyway.vswitch.link.LinkMachine.Event;
import org.skyway.vswitch.link.LinkMachine.State;
import org.skyway.vswitch.port.Attachment;

/// Has things happen to links, and does what [LinkMachine] says is to be done then. Ofproto thread.
final class LinkSteps {
    private static final long FIRST_RETRY_NANOS = 1_000_000_000L;
    private static final long LAST_RETRY_NANOS = 60_000_000_000L;

    private final List<Link> links;
    private final Exits exits;
    private final Channels channels;
    private final LinkListener listener;
    private final long deadlineNanos;

    LinkSteps(
            List<Link> links,
            Exits exits,
            Channels channels,
            LinkListener listener,
            long deadlineNanos) {
        this.links = links;
        this.exits = exits;
        this.channels = channels;
        this.listener = listener;
        this.deadlineNanos = deadlineNanos;
    }

    /// The links that a VNF has to do with.
    List<Link> of(Attachment vnf) {
        return links.stream().filter(l -> l.has(vnf)).toList();
    }

    /// The same happens to some links.
    void all(Collection<Link> concerned, Event event, String why) {
        for (Link link : concerned) {
            happens(link, event, why);
        }
    }

    /// Something happens to a link.
    ///
    /// @param why for the record
    void happens(Link link, Event event, String why) {
        finish(link);
        LinkState before = link.state();
        if (event == Event.BROKEN && link.brokenWhy == null) {
            link.brokenWhy = why;
        }
        LinkMachine.Step step = LinkMachine.step(link.situation(), event);
        boolean fails = step.next().state() == State.FAILED && !link.isIn(State.FAILED);
        link.take(step, fails && link.brokenWhy != null ? link.brokenWhy : why);
        if (!step.next().broken()) {
            link.brokenWhy = null;
            link.unreadable = false;
        }
        if (link.state() != before) {
            listener.stepped(link, before);
        }
        finish(link);
        exits.save(link);
    }

    /// Does what is to be done. If memory that a VNF has cut short stops it, it goes on there
    /// later. What is noted for the next switch in the course of it says that it is done: it is
    /// noted before a VNF is told, and told again by that switch.
    void finish(Link link) {
        while (!link.todo.isEmpty()) {
            Command command = link.todo.removeFirst();
            try {
                execute(link, command);
            } catch (InternalError e) {
                link.todo.addFirst(command);
                throw e;
            }
        }
    }

    private void execute(Link link, Command command) {
        switch (command) {
            case ARM -> exits.arm(link);
            case LEAVE -> exits.ask(link, ControlBlock.Mode.NORMAL);
            case ABANDON -> exits.ask(link, ControlBlock.Mode.ABANDON);
            case HURRY -> exits.hurry(link);
            case END_RING -> endRing(link);
            case SETTLE -> exits.settle(link);
            case FREEZE -> exits.freeze(link);
            case LIMIT -> exits.limit(link);
            case CORRECT -> exits.correct(link);
            case FOLLOW_PATH -> followPath(link);
            case LET_GO -> channels.letGo(link);
            case WAIT -> wait(link);
        }
    }

    /// Both directions of a channel get another one. What lies in it is read to its end before.
    void replace(Channel channel, String why) {
        all(links.stream().filter(l -> l.channel == channel).toList(), Event.BROKEN, why);
    }

    /// Takes senders off the links of a VNF that is not to be waited for.
    void rest(Attachment vnf, String why) {
        if (vnf.isResting()) {
            all(of(vnf), Event.REST, why);
        }
    }

    /// A VNF has had its time.
    ///
    /// @param verb what it did not do with the bypass
    void silent(Attachment vnf, String verb, Link link) {
        if (!vnf.isResting()) {
            vnf.silent();
            String what =
                    "did not %s bypass %s within %d ms"
                            .formatted(verb, link, deadlineNanos / 1_000_000);
            listener.silent(vnf, what);
            rest(vnf, "the VNF of port " + vnf.portName() + " " + what);
        }
    }

    private static void endRing(Link link) {
        try {
            link.channel.endFor(link.sender(), link.epoch);
        } catch (RingFormatException e) {
            link.brokenWhy = e.getMessage();
        }
    }

    /// From now on the entries of another path count.
    void repath(Link link, LinkPath path) {
        if (link.path.equals(path)) {
            return;
        }
        if (link.counters == null) {
            link.path = path;
            return;
        }
        if (link.situation().cut()) {
            link.nextPath = path; // what was sent before is still counted
            return;
        }
        exits.split(link, path);
    }

    private static void followPath(Link link) {
        if (link.nextPath != null) {
            link.path = link.nextPath;
            link.nextPath = null;
        }
    }

    private static void wait(Link link) {
        int silences = Math.max(link.sender().silences(), link.receiver().silences());
        int doublings = Math.min(Math.max(link.failures, silences), 6);
        long wait = Math.min(FIRST_RETRY_NANOS << doublings, LAST_RETRY_NANOS);
        link.failures++;
        link.retryNanos = System.nanoTime() + wait;
    }
}
