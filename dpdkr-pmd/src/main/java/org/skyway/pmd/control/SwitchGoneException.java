package org.skyway.pmd.control;

import java.io.IOException;

/// The switch was there and went away before it had answered.
public final class SwitchGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    SwitchGoneException(String message) {
        super(message);
    }
}
