package org.skyway.vswitch.counters;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Ends the bursts that poll threads were at when their process was killed, see [BurstLog]: what
/// they have changed of counters is taken back, or what they were about to show is collected.
final class SavedBursts {
    private static final int MOST_LOGS = 1024;

    private final ByteBuffer bytes; // of the file
    private final List<RingCursor> cursors = new ArrayList<>();
    private long[] chunks = {}; // where each mebibyte was mapped

    SavedBursts(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /// Ends them.
    ///
    /// @param directory block of [BurstLogs]
    /// @param tag of that block
    /// @return what is to be shown
    List<RingCursor> end(long directory, long tag) {
        if (tag == 0 || !isBlock(directory, tag, BurstLogs.LINES)) {
            return cursors;
        }
        long at = directory * CounterMemory.LINE;
        chunks = new long[CounterMemory.MOST_CHUNKS];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = word(at + BurstLogs.CHUNKS + 8L * i);
        }
        long log = word(at);
        long its = word(at + BurstLogs.TAG_OF_NEWEST);
        for (int i = 0; i < MOST_LOGS && its != 0 && isBlock(log, its, BurstLog.LINES); i++) {
            long block = log * CounterMemory.LINE;
            endOne(block);
            log = word(block + BurstLog.PREVIOUS);
            its = word(block + BurstLog.PREVIOUS_TAG);
        }
        return cursors;
    }

    private void endOne(long block) {
        long state = word(block);
        if (state > 0) {
            long first = block + BurstLog.CHANGES;
            long end = first;
            while (end < first + (long) BurstLog.CHANGE * BurstLog.MOST_CHANGES
                    && (word(end) & BurstLog.LAST_NUMBER) == state) {
                end += BurstLog.CHANGE;
            }
            for (long at = end - BurstLog.CHANGE; at >= first; at -= BurstLog.CHANGE) {
                long address = word(at) >>> BurstLog.NUMBER_BITS << 3;
                takeBack(address, word(at + 8), word(at + 16));
            }
        } else if (state < 0 && state >= -(long) BurstLog.CURSOR * BurstLog.MOST_CURSORS) {
            long first = block + BurstLog.CURSORS;
            for (long at = first; at <= first - state - BurstLog.CURSOR; at += BurstLog.CURSOR) {
                if (word(at) != 0) {
                    cursors.add(new RingCursor(word(at), at != first, word(at + 8)));
                }
            }
        }
    }

    // What lay outside the file is lost anyway.
    private void takeBack(long address, long a, long b) {
        for (int i = 0; i < chunks.length; i++) {
            long in = address - chunks[i];
            if (chunks[i] != 0 && in >= 0 && in <= CounterMemory.CHUNK - 16) {
                long at = (long) i * CounterMemory.CHUNK + in;
                if (at + 16 <= bytes.limit()) {
                    bytes.putLong((int) at, a);
                    bytes.putLong((int) at + 8, b);
                }
                return;
            }
        }
    }

    private boolean isBlock(long block, long tag, int lines) {
        return block >= 0
                && block <= (bytes.limit() - (long) lines * CounterMemory.LINE) / CounterMemory.LINE
                && word(block * CounterMemory.LINE + CounterMemory.TAG) == tag;
    }

    private long word(long at) {
        return bytes.getLong((int) at);
    }
}
