package org.skyway.ovsdb;

/// What a database server said can't be, or it refused what it was asked.
public final class OvsdbException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Says what is wrong.
    ///
    /// @param message a sentence
    public OvsdbException(String message) {
        super(message);
    }
}
