package org.skyway.vnf.frame;

import org.skyway.vnf.run.BadInputException;

/// Reads addresses as people write them.
public final class Addresses {
    private Addresses() {}

    /// Reads an Ethernet address.
    ///
    /// @param text like `02:00:00:00:00:01`
    /// @return its 48 bits
    /// @throws BadInputException if it is something else
    public static long mac(String text) {
        if (!text.matches("[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}")) {
            throw new BadInputException(
                    "\"" + text + "\" is no Ethernet address like 02:00:00:00:00:01");
        }
        long mac = 0;
        for (String octet : text.split(":")) {
            mac = mac << 8 | Integer.parseInt(octet, 16);
        }
        return mac;
    }

    /// Reads an IPv4 address.
    ///
    /// @param text like `10.0.0.1`
    /// @return its 32 bits
    /// @throws BadInputException if it is something else
    public static int ipv4(String text) {
        if (text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
            int address = 0;
            boolean good = true;
            for (String octet : text.split("\\.")) {
                good &= Integer.parseInt(octet) <= 255;
                address = address << 8 | Integer.parseInt(octet);
            }
            if (good) {
                return address;
            }
        }
        throw new BadInputException("\"" + text + "\" is no IPv4 address like 10.0.0.1");
    }
}
