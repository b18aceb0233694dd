package org.skyway.vswitch.bond;

import java.util.Map;

/// What a bond is to be, as Open vSwitch's table `Port` says it.
///
/// @param id what it is known by in the place of a port's number
/// @param name the port's name
/// @param balanced whether its members share what leaves; else one sends it all
/// @param members their names by number
/// @param basis of the hash that tells who sends what
/// @param upMillis how long a link must be up before its member may send, unless none may
/// @param downMillis how long a link must be down before its member may not send
/// @param rebalanceMillis how often members that have less to send take over from others; 0 for
///   never
/// @param primary the member that is active whenever it may send; empty for none
/// @param takesGroups whether members of a balanced bond that are not active take packets to group
///   addresses, too
/// @param lastActive the address of the member that was active when somebody wrote that last; 0 for
///   none. Looked at when the bond is new
public record BondSettings(
        int id,
        String name,
        boolean balanced,
        Map<Integer, String> members,
        int basis,
        int upMillis,
        int downMillis,
        int rebalanceMillis,
        String primary,
        boolean takesGroups,
        long lastActive) {
    /// Keeps a copy.
    public BondSettings {
        members = Map.copyOf(members);
    }

    /// Whether what its members send is shared anew now and then.
    ///
    /// @return true if so
    public boolean isRebalanced() {
        return balanced && rebalanceMillis != 0;
    }

    /// Open vSwitch's name for how it works.
    ///
    /// @return a value of the column `bond_mode`
    public String mode() {
        return balanced ? "balance-slb" : "active-backup";
    }
}
