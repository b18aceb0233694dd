package org.skyway.bypass.ring;

/// A switch-over mark: the record that keeps the order of packets when a sender changes channels.
/// It is no packet, so it can't be matched, mirrored, counted or forged from packet content. Passed
/// as one long on the hot path; 0 is no mark.
public final class Mark {
    /// Which change it is about.
    public enum Kind {
        /// In the normal ring: what the sender sends from here on is in the bypass ring.
        TO_BYPASS(1),
        /// In the normal ring: what the sender sends from here on is in the normal ring again;
        /// first read the bypass ring up to its [#END].
        TO_NORMAL(2),
        /// In the bypass ring: the last record of this epoch.
        END(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    private Mark() {}

    /// Makes a mark.
    ///
    /// @param kind which change
    /// @param slot of the link, 0 to 65535: in the normal ring to the switch the sender's slot,
    ///   which the switch replaces by the reader's; of [Kind#END] it means nothing
    /// @param epoch the epoch of the link
    /// @return the mark as a long, never 0
    public static long of(Kind kind, int slot, int epoch) {
        return RingLayout.mark(kind, slot, epoch);
    }

    /// Whether a mark is of a kind.
    ///
    /// @param mark a mark
    /// @param kind a kind
    /// @return true if so; false for kinds that nobody defined
    public static boolean is(long mark, Kind kind) {
        return ((int) (mark >>> 24) & 0xff) == kind.code;
    }

    /// The slot.
    ///
    /// @param mark a mark
    /// @return 0 to 65535
    public static int slot(long mark) {
        return RingLayout.length(mark);
    }

    /// The epoch.
    ///
    /// @param mark a mark
    /// @return the epoch
    public static int epoch(long mark) {
        return (int) (mark >>> 32);
    }
}
