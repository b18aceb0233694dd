package org.skyway.vswitch.bridge;

import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.link.LinkListener;
import org.skyway.vswitch.link.LinkState;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.tables.BypassCounters;

/// What happens to links, for the counters and for those who watch. Ofproto thread.
final class LinkEvents implements LinkListener {
    private final Ports ports;
    private final BypassAccounts accounts;
    private final Events events;
    private final Faults faults;

    LinkEvents(Ports ports, BypassAccounts accounts, Events events, Faults faults) {
        this.ports = ports;
        this.accounts = accounts;
        this.events = events;
        this.faults = faults;
    }

    @Override
    public void stepped(Link link, LinkState before) {
        events.link(link, before);
    }

    @Override
    public void attach(Link link, BypassCounters counters) {
        accounts.attach(link, counters);
    }

    @Override
    public void settle(Link link, BypassCounters counters, RedoLog changes) {
        accounts.settle(link, counters, changes);
    }

    @Override
    public void lost(Attachment sender, long packets) {
        BridgePort port = ports.byName(sender.portName());
        if (port != null) {
            port.lost(packets);
        }
        events.fault(
                sender.portName(),
                "%s had not left its bypass in time; %d packet(s) that it sent there later are lost"
                        .formatted(sender, packets));
    }

    @Override
    public void silent(Attachment vnf, String why) {
        events.fault(vnf.portName(), vnf + " " + why + "; its links rest until it goes on");
    }

    @Override
    public void survived(Link link, RuntimeException error) {
        faults.record("ofproto thread: link", error);
    }

    @Override
    public void awake(Attachment vnf) {
        events.vnf("vnf-resumed", vnf.portName(), vnf.program() + " goes on");
    }
}
