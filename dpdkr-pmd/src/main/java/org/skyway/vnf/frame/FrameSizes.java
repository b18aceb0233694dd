package org.skyway.vnf.frame;

import org.skyway.vnf.run.BadInputException;

/// The lengths of a stream of frames, by sequence number, so that the same frame can be made twice.
public final class FrameSizes {
    // 7:4:1 of small, medium and large, in an order without long runs.
    private static final int[] IMIX = {64, 570, 64, 64, 1518, 64, 570, 64, 570, 64, 64, 570};

    private final int low;
    private final int span; // 0: IMIX

    private FrameSizes(int low, int span) {
        this.low = low;
        this.span = span;
    }

    /// Reads `64`, `64-1518` (evenly spread) or `imix` (64, 570 and 1518 bytes, 7 to 4 to 1).
    ///
    /// @param text from the command line
    /// @return the sizes, without frame check sequence
    /// @throws BadInputException if it is something else
    public static FrameSizes parse(String text) {
        if (text.equalsIgnoreCase("imix")) {
            return new FrameSizes(64, 0);
        }
        String[] ends = text.split("-", -1);
        try {
            int low = Integer.parseInt(ends[0].strip());
            int high = ends.length == 1 ? low : Integer.parseInt(ends[1].strip());
            if (ends.length <= 2 && low >= TestFrame.MIN_BYTES && high >= low) {
                return new FrameSizes(low, high - low + 1);
            }
        } catch (NumberFormatException e) {
            throw bad(text);
        }
        throw bad(text);
    }

    /// The length of a frame.
    ///
    /// @param sequence its number
    /// @return bytes
    public int of(long sequence) {
        if (span == 1) {
            return low;
        }
        if (span == 0) {
            return IMIX[(int) (sequence % IMIX.length)];
        }
        long h = sequence * 0x9e3779b97f4a7c15L;
        h = (h ^ h >>> 32) * 0xd6e8feb86659fd93L;
        return low + (int) ((h >>> 33) % span);
    }

    /// Whether all frames have the same size.
    ///
    /// @return true if so
    public boolean isOne() {
        return span == 1;
    }

    /// The longest of them.
    ///
    /// @return bytes
    public int largest() {
        return span == 0 ? 1518 : low + span - 1;
    }

    private static BadInputException bad(String text) {
        return new BadInputException(
                "--size is a number of bytes from %d, a range like 64-1518, or imix, not \"%s\""
                        .formatted(TestFrame.MIN_BYTES, text));
    }
}
