package org.skyway.bypass.ring;

import java.io.IOException;

/// What is in a region is not what it should be. The message names the object and both values.
public final class RingFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /// An error.
    ///
    /// @param message what is wrong, with which object, and what to do
    public RingFormatException(String message) {
        super(message);
    }
}
