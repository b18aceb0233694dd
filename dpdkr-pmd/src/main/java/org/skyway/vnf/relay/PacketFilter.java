package org.skyway.vnf.relay;

/// Looks at packets on their way and says which go on.
public interface PacketFilter {
    /// Moves the packets that go on to the front of the arrays, in order.
    ///
    /// @param addresses where each is
    /// @param lengths its length in bytes
    /// @param count how many
    /// @return how many go on
    int apply(long[] addresses, int[] lengths, int count);

    /// Whether it must see packets that nobody else can change. A packet lies in memory that its
    /// sender can still write to, so a filter that decides by what it read needs a copy of its own:
    /// else a sender could show it one packet and have another one forwarded.
    ///
    /// @return true if packets are to be copied first
    default boolean needsCopy() {
        return false;
    }
}
