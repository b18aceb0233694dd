/// System calls that the JDK has no method for, by FFM: binding threads to cores, datagrams of UNIX
/// sockets, and the raw frames of Linux interfaces ([org.skyway.ivshmem.sys.PacketSocket]).
///
/// How a received frame comes about: `RxBatch` fetches messages by one `recvmmsg` into a
/// `MessageVector`, puts VLAN tags back, completes checksums (`Checksum`), and has super-frames cut
/// (`Segmenter`).
package org.skyway.ivshmem.sys;
