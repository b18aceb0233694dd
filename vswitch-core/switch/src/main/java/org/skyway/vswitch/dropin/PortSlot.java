package org.skyway.vswitch.dropin;

import org.skyway.vswitch.config.PortConfig;

/// A port that a running bridge has. The configuration thread only.
final class PortSlot {
    private final PortConfig config;
    private String linkState; // as it was told last; null if it was not
    private long linkResets;
    private boolean lost;

    PortSlot(PortConfig config) {
        this.config = config;
    }

    PortConfig config() {
        return config;
    }

    /// Takes note of how the link is.
    ///
    /// @param now `up` or `down`
    /// @return how often that was something else than before
    long linkResets(String now) {
        if (linkState != null && !linkState.equals(now)) {
            linkResets++;
        }
        linkState = now;
        return linkResets;
    }

    /// Another interface has the name by now: the next pass takes that.
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }
}
