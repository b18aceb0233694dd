package org.skyway.vhost;

/// A front end said something that can't be. The connection is over.
public final class VhostException extends Exception {
    private static final long serialVersionUID = 1L;

    /// What it was.
    ///
    /// @param message a sentence with both values
    public VhostException(String message) {
        super(message);
    }

    /// What it was.
    ///
    /// @param message a sentence
    /// @param cause why
    public VhostException(String message, Throwable cause) {
        super(message, cause);
    }
}
