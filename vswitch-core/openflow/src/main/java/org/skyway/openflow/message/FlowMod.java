package org.skyway.openflow.message;

import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;

/// Adds, changes or deletes flow entries (OpenFlow 1.3.5, "Flow Table Modification Messages").
///
/// The cookie fields are as Open vSwitch understands each version: an OpenFlow 1.0 modification
/// sets the cookie unless it is all ones; from 1.1 on it filters by cookie instead.
///
/// @param command what to do
/// @param match which entries, or the new entry's match
/// @param priority the entry's, for additions and strict commands
/// @param table 0 to 254; 255 for all, or for the switch to choose where the version lacks it
/// @param cookie for changes and deletions: what the cookie must be, under the mask
/// @param cookieMask which bits of the cookie to compare; 0 for any
/// @param newCookie the cookie to set
/// @param modifyCookie whether a modification sets the cookie
/// @param idleTimeout seconds; 0 for none
/// @param hardTimeout seconds; 0 for none
/// @param importance OpenFlow 1.4: the less important is evicted first
/// @param bufferId the buffered packet to apply it to; -1 for none
/// @param outPort deletions: only entries that output there; [OfPort#ANY] for all
/// @param outGroup deletions: only entries that use this group; -1 for all
/// @param flags [FlowRule]'s flag bits
/// @param instructions what matching packets get
public record FlowMod(
        Command command,
        Match match,
        int priority,
        int table,
        long cookie,
        long cookieMask,
        long newCookie,
        boolean modifyCookie,
        int idleTimeout,
        int hardTimeout,
        int importance,
        int bufferId,
        int outPort,
        int outGroup,
        int flags,
        Instructions instructions)
        implements Message {
    /// OFPTT_ALL: every table.
    public static final int ALL_TABLES = 255;

    /// What a flow-mod does. The ordinals are the OFPFC_ codes.
    public enum Command {
        /// Installs an entry.
        ADD,
        /// Changes all entries that the match covers.
        MODIFY,
        /// Changes the entry with just this match and priority.
        MODIFY_STRICT,
        /// Deletes all entries that the match covers.
        DELETE,
        /// Deletes the entry with just this match and priority.
        DELETE_STRICT
    }
}
