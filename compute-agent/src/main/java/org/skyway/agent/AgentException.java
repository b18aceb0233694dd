package org.skyway.agent;

/// An agent could not do what it was asked to. The message says what happened, to which port, and
/// what to do.
public final class AgentException extends Exception {
    private static final long serialVersionUID = 1L;

    /// An error.
    ///
    /// @param message for the user
    public AgentException(String message) {
        super(message);
    }

    /// An error with a cause.
    ///
    /// @param message for the user
    /// @param cause what led to it
    public AgentException(String message, Throwable cause) {
        super(message, cause);
    }
}
