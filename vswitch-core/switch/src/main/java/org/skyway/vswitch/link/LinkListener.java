package org.skyway.vswitch.link;

import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.tables.BypassCounters;

/// What the switch does about what happens to links. Called on the ofproto thread.
public interface LinkListener {
    /// A link took a step.
    ///
    /// @param link the link, in its new state
    /// @param before where it was
    void stepped(Link link, LinkState before);

    /// From now on the entries, ports and tables on a link's way count what its sender counts, too.
    ///
    /// @param link the link
    /// @param counters its sender's counters
    void attach(Link link, BypassCounters counters);

    /// They take over the final figures, at once with what is noted of the link.
    ///
    /// @param link the link
    /// @param counters its sender's counters, final
    /// @param changes takes what they write; done when this has returned
    void settle(Link link, BypassCounters counters, RedoLog changes);

    /// A sender that was cut off from its bypass had counted packets that nobody was delivered.
    ///
    /// @param sender the sender's VNF
    /// @param packets how many more
    void lost(Attachment sender, long packets);

    /// A VNF did not obey a command for so long that nobody waits for it any more.
    ///
    /// @param vnf the VNF
    /// @param why what it did not do
    void silent(Attachment vnf, String why);

    /// A mistake of the switch's own came to light at a link; the others go on.
    ///
    /// @param link the link
    /// @param error what was thrown
    void survived(Link link, RuntimeException error);

    /// A VNF that had fallen silent shows signs of life.
    ///
    /// @param vnf the VNF
    void awake(Attachment vnf);
}
