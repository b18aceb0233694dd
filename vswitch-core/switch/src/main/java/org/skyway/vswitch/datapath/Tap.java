package org.skyway.vswitch.datapath;

/// Sees the packets of a port: those that its VNF or interface sends, and those that it takes.
/// Called on poll threads, by several at once, while the packets are where they are; must not
/// block.
public interface Tap {
    /// Packets came from the port, before anything is done about them.
    ///
    /// @param datapath where more may be sent
    /// @param thread the poll thread's index
    /// @param addresses where each packet is; shared with its sender, which may change it even now
    /// @param lengths its length in bytes, in range
    /// @param count how many, from index 0 on
    void received(Datapath datapath, int thread, long[] addresses, int[] lengths, int count);

    /// Packets were given to the port.
    ///
    /// @param datapath where more may be sent
    /// @param thread the poll thread's index
    /// @param addresses where each packet is
    /// @param lengths its length in bytes
    /// @param from index of the first
    /// @param count how many
    void sent(Datapath datapath, int thread, long[] addresses, int[] lengths, int from, int count);

    /// Whether it sends on what it sees. What was sent on is not sent on again.
    ///
    /// @return true for a mirror
    boolean isMirror();
}
