package org.skyway.openflow.message;

import org.skyway.openflow.model.Bytes;

/// Several messages that take effect together or not at all.
public sealed interface BundleMessage extends Message {
    /// Opens, closes, commits or discards a bundle, or says that it was done.
    ///
    /// @param bundle the bundle's id
    /// @param type OFPBCT_ code
    /// @param flags OFPBF_ bits
    record Control(int bundle, int type, int flags) implements BundleMessage {}

    /// Puts a message into a bundle.
    ///
    /// @param bundle the bundle's id
    /// @param flags OFPBF_ bits
    /// @param inner the message, header included
    record Add(int bundle, int flags, Bytes inner) implements BundleMessage {}
}
