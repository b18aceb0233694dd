package org.skyway.openflow.message;

/// A controller's role. The ordinals are the OFPCR_ codes.
public enum Role {
    /// Asks for the present role.
    NO_CHANGE,
    /// Full access, as others have.
    EQUAL,
    /// Full access, and the others are made secondary (OFPCR_ROLE_MASTER).
    PRIMARY,
    /// May only read (OFPCR_ROLE_SLAVE).
    SECONDARY
}
