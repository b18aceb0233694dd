package org.skyway.vnf.run;

/// What the user gave can't be used. The message is one line for the user.
public final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// An error.
    ///
    /// @param message what is wrong, where, and what to do
    public BadInputException(String message) {
        super(message);
    }
}
