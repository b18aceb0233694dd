package org.skyway.openflow.wire;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.OfPort;

/// Port numbers on the wire: 16 bits in OpenFlow 1.0 and the Nicira extensions, 32 bits since. The
/// reserved ones are the highest in both, so they differ in the upper half only.
final class PortNumbers {
    /// The first reserved number in 16 bits, and one more than the highest port.
    static final int MAX_16 = 0xff00;

    private PortNumbers() {}

    static int from16(int port) {
        return OfPort.of16(port);
    }

    static int to16(int port) {
        return port & 0xffff;
    }

    /// Reads a 32-bit number. Those between the two ranges can't exist in a switch that also speaks
    /// OpenFlow 1.0.
    static int from32(int port) {
        if (!valid32(port)) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_OUT_PORT,
                    "port %d is neither below %d nor reserved"
                            .formatted(port & 0xffffffffL, MAX_16));
        }
        return port;
    }

    static boolean valid32(int port) {
        return OfPort.exists(port);
    }
}
