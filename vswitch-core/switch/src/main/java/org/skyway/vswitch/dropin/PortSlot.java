package org.skyway.vswitch.dropin;

import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.config.PortConfig;

/// A port that a running bridge has. The configuration thread only.
final class PortSlot {
    private final PortConfig config;
    private PortState told; // last; null if it was not

    PortSlot(PortConfig config) {
        this.config = config;
    }

    PortConfig config() {
        return config;
    }

    /// Takes note of how the port is.
    ///
    /// @param now as the tables have it
    /// @return whether that is otherwise than before
    boolean isNews(PortState now) {
        boolean news = now != told;
        told = now;
        return news;
    }
}
