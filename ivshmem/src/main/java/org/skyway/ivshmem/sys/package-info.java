/// System calls that the JDK has no method for, by FFM: binding threads to cores, datagrams of UNIX
/// sockets, the raw frames of Linux interfaces ([org.skyway.ivshmem.sys.PacketSocket]), and UNIX
/// sockets by which other programs hand over memory ([org.skyway.ivshmem.sys.UnixSocket],
/// [org.skyway.ivshmem.sys.ForeignMemory]) and events ([org.skyway.ivshmem.sys.EventDescriptor]).
///
/// How a received frame comes about: `RxBatch` fetches messages by one `recvmmsg` into a
/// `MessageVector`, puts VLAN tags back, completes checksums (`Checksum`), and has super-frames cut
/// (`Segmenter`).
package org.skyway.ivshmem.sys;
