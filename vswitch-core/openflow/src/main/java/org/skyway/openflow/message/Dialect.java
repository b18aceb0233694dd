package org.skyway.openflow.message;

/// In which of several forms a message is written: the standard's or an experimenter's.
public enum Dialect {
    /// As the OpenFlow version itself defines it.
    STANDARD,
    /// As Nicira's extensions do (NXT_, NXST_).
    NICIRA,
    /// As the Open Networking Foundation's extensions to 1.3 do (ONFT_, ONFST_).
    ONF
}
