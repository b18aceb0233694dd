package org.skyway.openflow.model;

/// A port as OpenFlow describes it (OpenFlow 1.3.5, "Port Structures"), without its counters.
///
/// @param number 1 to [OfPort#MAX], or [OfPort#LOCAL]
/// @param name up to 15 characters
/// @param mac 48 bits
/// @param config OFPPC_ bits, set by controllers
/// @param state OFPPS_ bits: what was observed, or in [#effective] what follows from that; [#HOST]
/// @param current OFPPF_ bits: what the link does now
/// @param advertised OFPPF_ bits
/// @param supported OFPPF_ bits
/// @param peer OFPPF_ bits: what the other end advertises
/// @param currentSpeedKbps current bit rate
/// @param maxSpeedKbps highest bit rate
public record PortState(
        int number,
        String name,
        long mac,
        int config,
        int state,
        int current,
        int advertised,
        int supported,
        int peer,
        int currentSpeedKbps,
        int maxSpeedKbps) {
    /// OFPPC_PORT_DOWN: switched off by a controller.
    public static final int PORT_DOWN = 1;

    /// OFPPC_NO_RECV: drop what comes in.
    public static final int NO_RECV = 1 << 2;

    /// OpenFlow 1.0 OFPPC_NO_FLOOD: not part of flooding.
    public static final int NO_FLOOD = 1 << 4;

    /// OFPPC_NO_FWD: drop what would go out.
    public static final int NO_FWD = 1 << 5;

    /// OFPPC_NO_PACKET_IN: no packet-in for packets that come in here.
    public static final int NO_PACKET_IN = 1 << 6;

    /// OFPPS_LINK_DOWN: no link.
    public static final int LINK_DOWN = 1;

    /// OFPPS_LIVE: alive for fast failover.
    public static final int LIVE = 4;

    /// No bit of OpenFlow's: the port is an interface of the host, which the kernel keeps from
    /// passing packets while it is down. So nobody else need do that, who may learn later than the
    /// first packet comes that it is up again, or not at all, if that is in another network
    /// namespace.
    public static final int HOST = 1 << 31;

    /// A port that is up and of which no more is known.
    ///
    /// @param number 1 to [OfPort#MAX], or [OfPort#LOCAL]
    /// @param name up to 15 characters
    /// @param mac 48 bits
    /// @return the port, as nobody has configured it
    public static PortState of(int number, String name, long mac) {
        return new PortState(number, name, mac, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /// Whether packets may come in. Its link has no say in that: who sends has one, which the
    /// switch may learn only after the first packet, and what was sent before the link went is
    /// still owed.
    ///
    /// @return true if neither switched off nor told not to receive
    public boolean receives() {
        return (config & (off() | NO_RECV)) == 0;
    }

    /// Whether packets may go out. A port without a link is sent to all the same: it counts what it
    /// has to drop. So does the local one, which is down from the start.
    ///
    /// @return true if neither switched off nor told not to forward
    public boolean sends() {
        return (config & (NO_FWD | (number == OfPort.LOCAL ? 0 : off()))) == 0;
    }

    private int off() {
        return (state & HOST) == 0 ? PORT_DOWN : 0;
    }

    /// Whether there is anyone at the other end.
    ///
    /// @return true if it is not switched off and has a link
    public boolean isUp() {
        return (config & PORT_DOWN) == 0 && (state & LINK_DOWN) == 0;
    }

    /// The port as controllers see it: one that is switched off has no link, and one with a link is
    /// alive.
    ///
    /// @return the port with the state that follows from its own and from its configuration
    public PortState effective() {
        int shown = state & ~(HOST | LIVE);
        return withState(isUp() ? shown | LIVE : shown | LINK_DOWN);
    }

    /// The same port with another address.
    ///
    /// @param newMac 48 bits
    /// @return a new record
    public PortState withMac(long newMac) {
        return with(newMac, config, state);
    }

    /// The same port with another configuration.
    ///
    /// @param newConfig OFPPC_ bits
    /// @return a new record
    public PortState withConfig(int newConfig) {
        return with(mac, newConfig, state);
    }

    /// The same port with another state.
    ///
    /// @param newState OFPPS_ bits
    /// @return a new record
    public PortState withState(int newState) {
        return with(mac, config, newState);
    }

    /// The same port with another link.
    ///
    /// @param nowCurrent OFPPF_ bits: what it does now
    /// @param nowAdvertised OFPPF_ bits
    /// @param nowSupported OFPPF_ bits
    /// @param nowSpeedKbps current bit rate
    /// @param nowMaxSpeedKbps highest bit rate
    /// @return a new record
    public PortState withLink(
            int nowCurrent,
            int nowAdvertised,
            int nowSupported,
            int nowSpeedKbps,
            int nowMaxSpeedKbps) {
        return new PortState(
                number,
                name,
                mac,
                config,
                state,
                nowCurrent,
                nowAdvertised,
                nowSupported,
                peer,
                nowSpeedKbps,
                nowMaxSpeedKbps);
    }

    private PortState with(long newMac, int newConfig, int newState) {
        return new PortState(
                number,
                name,
                newMac,
                newConfig,
                newState,
                current,
                advertised,
                supported,
                peer,
                currentSpeedKbps,
                maxSpeedKbps);
    }
}
