package org.skyway.pipeline.classifier;

import org.skyway.openflow.model.Match;

/// Some packets, of which it is known what all of them have in common.
public interface PacketSet {
    /// Which bits of a word have one known value in all of them.
    ///
    /// @param word below [org.skyway.openflow.model.FlowKey#WORDS]
    /// @return ones for those bits
    long known(int word);

    /// The values of the known bits.
    ///
    /// @param word below [org.skyway.openflow.model.FlowKey#WORDS]
    /// @return the values; 0 elsewhere
    long value(int word);

    /// Whether some of them may match.
    ///
    /// @param match any
    /// @return false if a known bit is wanted otherwise
    boolean overlaps(Match match);

    /// All packets that a match matches.
    ///
    /// @param match any
    /// @return the packets
    static PacketSet of(Match match) {
        return new PacketSet() {
            @Override
            public long known(int word) {
                return match.mask(word);
            }

            @Override
            public long value(int word) {
                return match.value(word);
            }

            @Override
            public boolean overlaps(Match other) {
                return match.overlaps(other);
            }
        };
    }
}
