/// OpenFlow on the wire: bytes to [org.skyway.openflow.message.Envelope] and back.
///
/// Everything is a table. [org.skyway.openflow.wire.OxmTable] has a row for each match field's
/// header, [org.skyway.openflow.wire.ActionTable] one for each action,
/// [org.skyway.openflow.wire.MessageTable] one for each message, and every row says in which
/// versions it exists, how long it may be, and who reads and writes it. A new field, action or
/// message is a new row.
///
/// What comes in is untrusted: every length is checked before it is used, and what is not
/// understood is refused with an [org.skyway.openflow.message.OpenFlowException] that names the
/// error that Open vSwitch 3.1 would send.
package org.skyway.openflow.wire;
