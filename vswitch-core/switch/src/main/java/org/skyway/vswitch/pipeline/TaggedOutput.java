package org.skyway.vswitch.pipeline;

import org.skyway.pipeline.Interpreter;
import org.skyway.pipeline.Owner;
import org.skyway.pipeline.Packet;
import org.skyway.vswitch.tables.NormalConfig;

/// Sends a packet to a port with the tags that the port's VLANs want: what NORMAL and mirrors do,
/// and explicit outputs don't.
///
/// @param interpreter does it
/// @param config what ports have to do with VLANs
record TaggedOutput(Interpreter<Walk> interpreter, NormalConfig config) {
    /// Sends it.
    ///
    /// @param port the port's number
    /// @param vlans the packet's tags behind the port that it came in at
    void send(Walk walk, Owner owner, int port, Vlans vlans) {
        PipelinePacket packet = walk.headers;
        Vlans left = vlans.leaving(config.port(port), packet.vlanTci());
        Packet.Saved whole = packet.loses(left) ? walk.save(false) : null;
        packet.with(left, () -> interpreter.send(walk, owner, port, null));
        if (whole != null) {
            walk.restore(whole, false);
        }
    }
}
