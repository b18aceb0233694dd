package org.skyway.openflow.model;

/// Port numbers with a meaning (OpenFlow 1.3.5, "Port Structures"), in their 32-bit form. OpenFlow
/// 1.0 writes the same numbers in 16 bits; the codec converts.
public final class OfPort {
    /// Largest number of a real port; Open vSwitch keeps within OpenFlow 1.0's range.
    public static final int MAX = 0xfeff;

    /// In OpenFlow 1.5's action set: no output port.
    public static final int UNSET = 0xfffffff7;

    /// Back out of the ingress port.
    public static final int IN_PORT = 0xfffffff8;

    /// Through the flow tables (packet-out only).
    public static final int TABLE = 0xfffffff9;

    /// As an ordinary learning switch would.
    public static final int NORMAL = 0xfffffffa;

    /// All ports that take part in flooding, but the ingress port.
    public static final int FLOOD = 0xfffffffb;

    /// All ports but the ingress port.
    public static final int ALL = 0xfffffffc;

    /// To the controllers.
    public static final int CONTROLLER = 0xfffffffd;

    /// The bridge's own port.
    public static final int LOCAL = 0xfffffffe;

    /// Any port, in filters; no port, in packet-outs.
    public static final int ANY = 0xffffffff;

    private OfPort() {}

    /// The number that OpenFlow 1.0 writes in 16 bits.
    ///
    /// @param number 0 to 0xffff
    /// @return the same port's number in 32 bits
    public static int of16(int number) {
        return number >= 0xff00 ? number | 0xffff0000 : number;
    }

    /// A port's number as a user knows it.
    ///
    /// @param number a real port's, or [#LOCAL]
    /// @return `LOCAL`, or the number
    public static String name(int number) {
        return number == LOCAL ? "LOCAL" : Integer.toUnsignedString(number);
    }

    /// Whether a number is a port's or a reserved one; those between the two ranges can't exist in
    /// a switch that also speaks OpenFlow 1.0.
    ///
    /// @param number 32 bits
    /// @return true if it has a 16-bit form
    public static boolean exists(int number) {
        return of16(number & 0xffff) == number;
    }
}
