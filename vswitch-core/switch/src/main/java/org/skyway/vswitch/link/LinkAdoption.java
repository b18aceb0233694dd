package org.skyway.vswitch.link;

import java.util.ArrayList;
import java.util.List;
import org.skyway.vswitch.link.LinkMachine.Command;
import org.skyway.vswitch.link.LinkMachine.Situation;
import org.skyway.vswitch.link.LinkMachine.State;

/// What a switch makes of a link by what the switch before it has noted. That was killed at any
/// moment: a VNF may have been told what was noted last, or not yet, and what a step says may be
/// done in part. Only decides.
///
/// Notes are ahead of VNFs by what was noted last, so what was noted is told again; whoever was
/// told already finds nothing new. What is still to be done comes after that, by [LinkMachine]'s
/// step as it was noted.
public final class LinkAdoption {
    /// What is to be done before anything else happens to the link.
    public enum Again {
        /// Pass the marks of its epoch on.
        ROUTE,
        /// Tell its sender the noted command.
        COMMAND,
        /// Tell its receiver the noted limit.
        LIMIT,
        /// Take its sender's figures as they are: what it counts from now on comes too late.
        FREEZE
    }

    private LinkAdoption() {}

    /// Whether a link goes on. Others are not in use: their channel is unplugged if no link needs
    /// it, and the rules may make them anew.
    ///
    /// @param noted where it was
    /// @return true if both VNFs have its region
    public static boolean goesOn(Situation noted) {
        return noted.state().isPlugged();
    }

    /// What is to be done again.
    ///
    /// @param noted where a link was that goes on
    /// @param todo what its last step says that was not done
    /// @param hasEpoch whether it was ever armed
    /// @return in this order
    public static List<Again> again(Situation noted, List<Command> todo, boolean hasEpoch) {
        List<Again> again = new ArrayList<>();
        if (hasEpoch) {
            again.add(Again.ROUTE);
        }
        if (noted.state().isArmed() || noted.state() == State.ASKED) {
            again.add(Again.COMMAND); // no other link of its sender has a newer one: those are off
        }
        if (noted.cut() && !todo.contains(Command.FREEZE)) {
            again.add(Again.FREEZE);
        }
        if (noted.state() == State.LIMITED && !todo.contains(Command.LIMIT)) {
            again.add(Again.LIMIT); // if it is still to be set, the noted one is of an older epoch
        }
        return again;
    }
}
