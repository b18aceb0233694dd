package org.skyway.vnf.pcap;

/// The frames of a capture file that no port can take, by reason.
final class SkippedFrames {
    /// Why a frame is skipped.
    enum Reason {
        TOO_LONG("longer than the %d bytes that the port takes"),
        TOO_SHORT("shorter than the 14 bytes of an Ethernet header"),
        CUT("captured in part (capture again with a larger snapshot length)"),
        NOT_ETHERNET("from an interface that is not Ethernet");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    private final int maxFrame;
    private final long[] counts = new long[Reason.values().length];
    private final long[] firsts = new long[counts.length];
    private final long[] firstLengths = new long[counts.length];
    private long total;

    SkippedFrames(int maxFrame) {
        this.maxFrame = maxFrame;
    }

    /// Whether a frame can't be sent.
    ///
    /// @param number its number, for the record
    /// @return the reason; null if it can
    boolean skips(CaptureFormat.FrameInfo frame, long number) {
        Reason reason = reason(frame);
        if (reason == null) {
            return false;
        }
        int i = reason.ordinal();
        if (counts[i]++ == 0) {
            firsts[i] = number;
            firstLengths[i] = frame.captured;
        }
        total++;
        return true;
    }

    private Reason reason(CaptureFormat.FrameInfo frame) {
        if (!frame.ethernet) {
            return Reason.NOT_ETHERNET;
        }
        if (frame.captured < frame.original) {
            return Reason.CUT;
        }
        if (frame.captured > maxFrame) {
            return Reason.TOO_LONG;
        }
        return frame.captured < 14 ? Reason.TOO_SHORT : null;
    }

    long total() {
        return total;
    }

    /// What was skipped.
    ///
    /// @return for instance "2 longer than the 2048 bytes that the port takes (first: frame 7 with
    ///   9000 bytes)"
    @Override
    public String toString() {
        StringBuilder words = new StringBuilder();
        for (Reason reason : Reason.values()) {
            int i = reason.ordinal();
            if (counts[i] > 0) {
                words.append(words.isEmpty() ? "" : ", ")
                        .append(counts[i])
                        .append(' ')
                        .append(reason.words.formatted(maxFrame))
                        .append(
                                " (first: frame %d with %d bytes)"
                                        .formatted(firsts[i], firstLengths[i]));
            }
        }
        return words.toString();
    }
}
