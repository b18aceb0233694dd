package org.skyway.openflow.message;

/// Which controller may do what.
public sealed interface RoleMessage extends Message {
    /// Asks for a role.
    ///
    /// @param role the wanted one
    /// @param hasGeneration whether a generation id comes along
    /// @param generation of the primary election, to tell stale requests
    record RoleRequest(Role role, boolean hasGeneration, long generation) implements RoleMessage {}

    /// The role that the controller has now.
    ///
    /// @param role never [Role#NO_CHANGE]
    /// @param hasGeneration whether there was a generation id yet
    /// @param generation the newest seen
    record RoleReply(Role role, boolean hasGeneration, long generation)
            implements RoleMessage, FromSwitch {}

    /// The controller's role was changed by another controller's request.
    ///
    /// @param role the new one
    /// @param reason OFPCRR_ code
    /// @param hasGeneration whether there was a generation id yet
    /// @param generation the newest seen
    record RoleStatus(Role role, int reason, boolean hasGeneration, long generation)
            implements RoleMessage, FromSwitch {}
}
