package org.skyway.experiments.process;

/// An experiment could not be carried out, or did not show what it should. The message says which.
public class ExperimentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// An error.
    ///
    /// @param message for the user
    public ExperimentException(String message) {
        super(message);
    }

    /// An error with a cause.
    ///
    /// @param message for the user
    /// @param cause what led to it
    public ExperimentException(String message, Throwable cause) {
        super(message, cause);
    }
}
