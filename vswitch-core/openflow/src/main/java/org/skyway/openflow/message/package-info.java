/// OpenFlow messages as records: what they mean, whatever the version and the bytes.
///
/// A [org.skyway.openflow.message.Message] is what one side says; an
/// [org.skyway.openflow.message.Envelope] adds version, transaction id and the dialect it came in,
/// so that an answer can be given in the same. The records are checked by those who act on them;
/// the codecs are in `org.skyway.openflow.wire`.
package org.skyway.openflow.message;
