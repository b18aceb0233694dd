package org.skyway.vnf.pcap;

import java.io.IOException;

/// How frames lie in one kind of capture file.
interface CaptureFormat {
    /// Goes to the next frame, whose bytes are next in the file then.
    ///
    /// @param frame receives what the file says of it
    /// @return false at the end of the file
    /// @throws IOException if the file is cut off or against the format
    boolean next(FrameInfo frame) throws IOException;

    /// Goes behind the frame, whose bytes have been read or skipped.
    ///
    /// @throws IOException if the file is cut off or against the format
    void end() throws IOException;

    /// What a file says of a frame.
    final class FrameInfo {
        long captured; // bytes in the file
        long original; // bytes on the wire
        boolean ethernet;
        long timeNanos; // since 1970
    }
}
