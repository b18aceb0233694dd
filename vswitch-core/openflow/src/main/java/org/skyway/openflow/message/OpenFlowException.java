package org.skyway.openflow.message;

/// A message can't be decoded, or can't be done: says which error the sender deserves.
///
/// It has no stack trace: it is an answer to somebody else's mistake, and a flood of bad messages
/// must stay cheap.
public final class OpenFlowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What to answer.
    private final ErrorCode code;

    /// An error with a reason for the log.
    ///
    /// @param code what to answer
    /// @param reason what is wrong with what, with both values
    public OpenFlowException(ErrorCode code, String reason) {
        super(code + ": " + reason, null, false, false);
        this.code = code;
    }

    /// What to answer.
    ///
    /// @return the error
    public ErrorCode code() {
        return code;
    }
}
