/// memif 2.0 (the protocol of VPP's and DPDK's shared-memory interfaces), as server and as client.
///
/// The client makes all memory: rings and buffers of both directions. It tells the server of them
/// by messages over a UNIX socket ([org.skyway.memif.MemifMessage]); what each side answers is in
/// [org.skyway.memif.MemifServer] and [org.skyway.memif.MemifClient], which know nothing of
/// sockets. What comes of it is a [org.skyway.memif.MemifConnection], whose two ends a poll thread
/// uses.
///
/// Whatever the other side says or writes is looked at once, checked, and only then used; a value
/// that can't be ends the connection, and names itself.
package org.skyway.memif;
