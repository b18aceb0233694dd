package org.skyway.memif;

/// The other side of a memif connection said or shares something that can't be. The connection is
/// over.
public final class MemifException extends Exception {
    private static final long serialVersionUID = 1L;

    /// What it was.
    ///
    /// @param message a sentence with both values; at most 96 bytes of it are told to the other
    ///   side
    public MemifException(String message) {
        super(message);
    }

    /// What it was.
    ///
    /// @param message a sentence
    /// @param cause why
    public MemifException(String message, Throwable cause) {
        super(message, cause);
    }
}
