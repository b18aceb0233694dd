package org.skyway.unixctl;

/// What a client asked for can't be.
public final class UnixctlException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Says why.
    ///
    /// @param message what the client is told, without the end of the line
    public UnixctlException(String message) {
        super(message);
    }
}
