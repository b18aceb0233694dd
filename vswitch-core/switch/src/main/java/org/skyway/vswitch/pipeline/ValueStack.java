package org.skyway.vswitch.pipeline;

import org.skyway.openflow.model.SubField;

/// What `push` actions have put aside. Immutable, so that whoever has to restore it only remembers
/// it.
///
/// @param high bits 127 to 64 of the last value
/// @param low bits 63 to 0 of it
/// @param bytes of all values, each with a byte for its length, as Open vSwitch counts them
/// @param below the others; null if there are none
record ValueStack(long high, long low, int bytes, ValueStack below) {
    /// @param stack to put it on; null for an empty one
    /// @param source what to put on it
    /// @param key the packet's flow key
    static ValueStack push(ValueStack stack, SubField source, long[] key) {
        int bits = source.bits();
        return new ValueStack(
                source.getHigh(key), source.get(key), bytes(stack) + (bits + 7) / 8 + 1, stack);
    }

    /// @param stack null for an empty one
    static int bytes(ValueStack stack) {
        return stack == null ? 0 : stack.bytes;
    }
}
