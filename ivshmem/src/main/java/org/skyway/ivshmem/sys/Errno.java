package org.skyway.ivshmem.sys;

/// Error numbers of Linux that are told apart here. System calls answer with one of them, negated.
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int EMSGSIZE = 90;
    static final int ENOPROTOOPT = 92;
    static final int EOPNOTSUPP = 95;
    static final int EAFNOSUPPORT = 97;
    static final int ENETDOWN = 100;
    static final int ENOBUFS = 105;
    static final int ECONNREFUSED = 111;

    private Errno() {}

    // The text behind "can't … on interface …: "; it ends with what to do, where that is known.
    static String describe(int errno) {
        return switch (errno) {
            case EPERM, EACCES ->
                    "not permitted; run as root, or give the process CAP_NET_RAW and CAP_NET_ADMIN";
            case ENFILE, EMFILE ->
                    "too many files are open; raise the limit (`ulimit -n`, LimitNOFILE= of a service)";
            case ENODEV, ENXIO -> "there is no such interface (any more); see `ip link`";
            case ENOMEM, ENOBUFS -> "the kernel is out of buffer memory; free some and try again";
            case ENETDOWN -> "the interface is down; bring it up with `ip link set … up`";
            case EAFNOSUPPORT ->
                    "this kernel has no packet sockets; use one with CONFIG_PACKET (Linux 4.20 or newer)";
            case EINVAL, ENOPROTOOPT, EOPNOTSUPP ->
                    "this kernel or driver does not know it (errno %d); Linux 4.20 or newer is needed"
                            .formatted(errno);
            default -> "errno " + errno;
        };
    }
}
