package org.skyway.openflow.text;

/// A flow, match, action or group that can't be understood. The message says which part, and what
/// would be.
public final class FlowSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /// An error.
    ///
    /// @param message which part can't be understood, and why
    public FlowSyntaxException(String message) {
        super(message);
    }
}
