package org.skyway.agent.libvirt;

/// What can be done about an error of libvirt or QEMU.
final class Advice {
    private Advice() {}

    /// The error, with what to do.
    ///
    /// @param error what libvirt says; may be null
    static String on(String error) {
        if (error == null) {
            return "no reason given";
        }
        if (error.contains("No more available PCI slots")
                || error.contains("No PCI buses available")
                || error.contains("its BAR2 got no address")) {
            return error
                    + "; give the domain free slots on the first bus of machine type pc (see README)";
        }
        if (error.contains("Permission denied")) {
            return error + "; QEMU's user needs access to the region: run the agent as root";
        }
        if (error.contains("Domain not found")) {
            return error + "; was it stopped just now?";
        }
        if (error.contains("ivshmem")
                && (error.contains("not a valid device model name")
                        || error.contains("not supported"))) {
            return error + "; this QEMU is built without ivshmem, use another";
        }
        if (error.contains("No space left") || error.contains("Cannot allocate memory")) {
            return error + "; free some of /dev/shm, or mount it larger";
        }
        return error;
    }
}
