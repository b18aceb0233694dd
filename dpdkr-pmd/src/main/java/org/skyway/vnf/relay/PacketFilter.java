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
}
