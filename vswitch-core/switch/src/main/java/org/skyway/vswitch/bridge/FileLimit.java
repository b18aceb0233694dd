package org.skyway.vswitch.bridge;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.port.HostPort;

/// Keeps some of the files that the process may have open for others than ports: who can't be
/// connected to can't be told what is wrong.
final class FileLimit {
    private static final long MOST_KEPT = 128;

    private FileLimit() {}

    /// Closes the interface of a new port again if it has one of the last files. The kernel gives
    /// the lowest number that is free.
    ///
    /// @param name the port's
    /// @throws ConfigException if so
    static void check(String name, DatapathPort port) {
        if (!(port instanceof HostPort h)) {
            return;
        }
        long most = most();
        if (h.device().descriptor() < most - Math.min(MOST_KEPT, most / 4)) {
            return;
        }
        h.close();
        throw new ConfigException(
                "can't add port %s: of the %d files that the process may have open none is left for it; raise the limit (`ulimit -n`, LimitNOFILE= of a service)"
                        .formatted(name, most));
    }

    private static long most() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean u
                ? u.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
