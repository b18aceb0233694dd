package org.skyway.vswitch.bridge;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.link.LinkListener;
import org.skyway.vswitch.link.LinkPath;
import org.skyway.vswitch.link.LinkState;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.tables.BypassCounters;
import org.skyway.vswitch.tables.BypassSum;

/// What happens to links, for the counters and for those who watch: bypassed packets are credited
/// to whatever would have counted them in the switch, the entries on the way, the ports at its ends
/// and the patch ports between, the tables. Ofproto thread.
final class LinkEvents implements LinkListener {
    private final BridgeFabric fabric;
    private final Events events;
    private final Faults faults;

    LinkEvents(BridgeFabric fabric, Events events, Faults faults) {
        this.fabric = fabric;
        this.events = events;
        this.faults = faults;
    }

    @Override
    public void stepped(Link link, LinkState before) {
        events.link(link, before);
    }

    @Override
    public void attach(Link link, BypassCounters counters) {
        for (BypassSum sum : sums(link)) {
            sum.attach(counters);
        }
    }

    @Override
    public void settle(Link link, BypassCounters counters, RedoLog changes) {
        for (BypassSum sum : sums(link)) {
            sum.settle(counters, changes);
        }
    }

    private Set<BypassSum> sums(Link link) {
        Set<BypassSum> sums = new HashSet<>();
        List<LinkPath.Hop> hops = link.path().hops();
        for (int i = 0; i < hops.size(); i++) {
            LinkPath.Hop hop = hops.get(i);
            // Of a later one whose patch port is gone, nobody knows whose tables these were.
            DatapathPort entrance = i == 0 ? link.sender().port() : hop.in();
            Bridge bridge = entrance == null ? null : fabric.bridgeOf(entrance);
            if (bridge != null) {
                bridge.accounts().add(hop, sums);
            }
            add(hop.in(), true, sums);
            add(hop.out(), false, sums);
        }
        BridgePort from = fabric.port(link.sender().portName());
        BridgePort to = fabric.port(link.receiver().portName());
        if (from != null) {
            sums.add(from.bypassRx());
        }
        if (to != null) {
            sums.add(to.bypassTx());
        }
        return sums;
    }

    private void add(PatchPort patch, boolean received, Set<BypassSum> sums) {
        BridgePort port = patch == null ? null : fabric.port(patch);
        if (port != null) {
            sums.add(received ? port.bypassRx() : port.bypassTx());
        }
    }

    @Override
    public void lost(Attachment sender, long packets) {
        BridgePort port = fabric.port(sender.portName());
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
