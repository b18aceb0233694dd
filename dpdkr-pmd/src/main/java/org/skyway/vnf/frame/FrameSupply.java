package org.skyway.vnf.frame;

/// Where a source's frames come from.
public interface FrameSupply extends AutoCloseable {
    /// Makes frames ready to be sent. Those of the last call may be gone.
    ///
    /// @param sequence number of the first; frames that could not be sent are asked for again
    /// @param count how many
    /// @param nowNanos time stamp to put in
    /// @param addresses receives where each is
    /// @param lengths receives its length in bytes
    void prepare(long sequence, int count, long nowNanos, long[] addresses, int[] lengths);

    /// How many there are.
    ///
    /// @return frames; [Long#MAX_VALUE] if there is no end
    long frames();

    /// What its user should know of them.
    ///
    /// @return a sentence; null if there is nothing
    default String remark() {
        return null;
    }

    /// Frees their memory.
    @Override
    void close();
}
