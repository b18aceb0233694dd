package org.skyway.openflow.message;

/// A message as it goes over a connection.
///
/// @param version the connection's, or the message's own in a hello
/// @param xid pairs a request with its replies and errors
/// @param dialect the form that was used where there are several
/// @param more whether more parts of the same multipart message follow
/// @param message what is said
public record Envelope(Version version, int xid, Dialect dialect, boolean more, Message message) {
    /// A message in the standard dialect, in one part.
    ///
    /// @param version the connection's
    /// @param xid pairs a request with its replies and errors
    /// @param message what is said
    public Envelope(Version version, int xid, Message message) {
        this(version, xid, Dialect.STANDARD, false, message);
    }

    /// An answer to this: same version, transaction id and dialect.
    ///
    /// @param answer what to say
    /// @return a new envelope
    public Envelope reply(Message answer) {
        return new Envelope(version, xid, dialect, false, answer);
    }
}
