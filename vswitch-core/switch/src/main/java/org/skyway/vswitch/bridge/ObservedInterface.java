package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.List;
import org.skyway.ivshmem.sys.InterfaceChange;
import org.skyway.ivshmem.sys.InterfaceFacts;
import org.skyway.ivshmem.sys.InterfaceState;
import org.skyway.openflow.model.PortState;

/// What an interface of the host makes of the port that it is, as in Open vSwitch: who takes it
/// down has switched off the port, and one that is not here has nothing to show.
final class ObservedInterface {
    private ObservedInterface() {}

    /// The port by what the kernel says now.
    ///
    /// @param port as it was told last
    /// @param facts the interface's
    /// @return equal to `port` if nothing is news
    static PortState now(PortState port, InterfaceFacts facts) {
        return PortFeatures.of(with(port, facts.state()).withMac(facts.mac()), facts.modes());
    }

    /// What the port was meanwhile, if that was something else than before and afterwards: a link
    /// that was lost, or there, for a moment, an address that did not stay.
    ///
    /// @param port as it was told last
    /// @param changes what the kernel has told of the interface since then, in order
    /// @param now the interface's facts, at their end
    /// @return what is to be told before that, in order
    static List<PortState> meanwhile(
            PortState port, List<InterfaceChange> changes, InterfaceFacts now) {
        List<PortState> news = new ArrayList<>();
        PortState last = now.state().isHere() ? PortFeatures.of(port, now.modes()) : port;
        for (InterfaceChange c : changes) {
            PortState then = with(last, c.state());
            then = c.mac() == 0 ? then : then.withMac(c.mac());
            if (then.isUp() != last.isUp() || then.mac() != last.mac()) {
                news.add(then);
                last = then;
            }
        }
        // How it is at the end is told by itself, with all that is known of it by then. So an
        // interface that comes up is told once, though its link comes a moment after it.
        boolean up = now.state() == InterfaceState.UP;
        boolean moved = now.state().isHere() && now.mac() != last.mac();
        if (!news.isEmpty() && last.isUp() == up && !moved) {
            news.removeLast();
        }
        return news;
    }

    private static PortState with(PortState port, InterfaceState link) {
        boolean on = link == InterfaceState.UP || link == InterfaceState.NO_CARRIER;
        boolean up = link == InterfaceState.UP;
        int config = port.config() & ~PortState.PORT_DOWN;
        int state = port.state() & ~PortState.LINK_DOWN | PortState.HOST;
        return port.withConfig(on ? config : config | PortState.PORT_DOWN)
                .withState(up ? state : state | PortState.LINK_DOWN);
    }
}
