package org.skyway.vswitch.config;

/// The user asked for something that can't be. The message says what, and what to do.
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// An error.
    ///
    /// @param message for the user
    public ConfigException(String message) {
        super(message);
    }

    /// An error with a cause.
    ///
    /// @param message for the user
    /// @param cause what led to it
    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
