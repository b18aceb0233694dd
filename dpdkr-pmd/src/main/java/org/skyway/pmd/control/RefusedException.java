package org.skyway.pmd.control;

import java.io.IOException;

/// The switch was there and said no; trying again will not help. The message is the switch's
/// reason.
public final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
