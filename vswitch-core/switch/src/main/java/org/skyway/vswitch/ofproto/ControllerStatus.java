package org.skyway.vswitch.ofproto;

import java.util.Map;
import org.skyway.openflow.message.Role;

/// How a controller that the bridge connects to is.
///
/// @param target as configured
/// @param connected whether hellos were exchanged
/// @param role the role that it has taken; null while it is not connected
/// @param state of the connection
/// @param seconds for how long it has been in that state
/// @param packetIns what became of packets that are for it, as of [PacketInLimit#tell]; empty if it
///   may have any number, or is not connected
/// @param lastError why the last attempt or connection failed; null if none did, or it is connected
public record ControllerStatus(
        String target,
        boolean connected,
        Role role,
        State state,
        long seconds,
        String lastError,
        Map<String, String> packetIns) {
    /// States of a connection, as Open vSwitch names them.
    public enum State {
        /// Connected.
        ACTIVE,
        /// Waits before the next attempt.
        BACKOFF,
        /// An attempt is under way.
        CONNECTING
    }
}
