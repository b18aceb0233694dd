package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.skyway.openflow.model.FlowRule;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.link.LinkState;
import org.skyway.vswitch.port.LocalPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Records what happens in the journal, and logs what someone who watches the switch wants to see.
/// Ofproto thread.
final class Events {
    // Levels are set by what lines are about.
    private static final Logger LINKS = LoggerFactory.getLogger(Link.class);
    private static final Logger PORTS = LoggerFactory.getLogger(LocalPort.class);

    private final Journal journal;

    Events(Journal journal) {
        this.journal = journal;
    }

    Journal.Condition condition() {
        return journal.condition();
    }

    void flow(String kind, FlowRule rule) {
        journal.write(kind, rule);
    }

    void flows(String kind, List<FlowRule> rules) {
        journal.write(kind, rules);
    }

    void link(Link link, LinkState before) {
        ObjectNode event =
                Journal.event("link")
                        .put("from", link.sender().portName())
                        .put("to", link.receiver().portName())
                        .put("before", before == null ? null : before.toString())
                        .put("state", link.state().toString())
                        .put("reason", link.reason());
        if (link.state() == LinkState.GONE || link.state() == LinkState.REVOKING) {
            event.put("packets", link.packets()).put("bytes", link.bytes());
        }
        journal.write(event);
        if (link.state() == LinkState.FAILED) {
            LINKS.warn("link {}: {}", link, link.reason());
        } else {
            LINKS.info("link {} is {}: {}", link, link.state(), link.reason());
        }
    }

    void cutThrough(String from, String to, boolean begins) {
        String state = begins ? "CUT-THROUGH" : "GONE";
        journal.write(
                Journal.event("link")
                        .put("kind", "cut-through")
                        .put("from", from)
                        .put("to", to)
                        .put("state", state)
                        .put("reason", begins ? "the rules make it one" : "it is one no more"));
        LINKS.info("link {} -> {} is {}", from, to, state);
    }

    void linkStep(String port, String link, String step) {
        journal.write(
                Journal.event("link-step").put("port", port).put("link", link).put("step", step));
        LINKS.debug("link {} is {} at port {}", link, step, port);
    }

    void vnf(String kind, String port, String what) {
        journal.write(Journal.event(kind).put("port", port).put("what", what));
        PORTS.info("port {}: {}: {}", port, kind, what);
    }

    void fault(String port, String what) {
        journal.write(Journal.event("fault").put("port", port).put("what", what));
        PORTS.error("port {}: {}", port, what);
    }
}
