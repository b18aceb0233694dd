package org.skyway.vswitch.bond;

/// A member of a bond: whether it may send, and when that is about to change. It may from the
/// beginning if its link is up then; later its link must stay up, or down, for as long as the bond
/// says.
final class BondMember {
    private static final long NEVER = Long.MAX_VALUE;

    private final int number;
    private final String name;
    private boolean known; // whether the port has been there
    private boolean up;
    private boolean enabled;
    private long mac;
    private long dueNanos = NEVER;

    BondMember(int number, String name) {
        this.number = number;
        this.name = name;
    }

    int number() {
        return number;
    }

    String name() {
        return name;
    }

    /// Its interface's address; the last one if it has gone.
    long mac() {
        return mac;
    }

    boolean isEnabled() {
        return enabled;
    }

    /// Whether its link is up.
    boolean isUp() {
        return up;
    }

    boolean isDelayed() {
        return dueNanos != NEVER;
    }

    /// When what is delayed is done.
    long dueNanos() {
        return dueNanos;
    }

    /// Takes note of how the port is.
    ///
    /// @param isUp whether packets can pass
    /// @param address the interface's
    /// @param settings how long to wait
    /// @return whether it may send now and could not before, or the other way round
    boolean look(boolean isUp, long address, BondSettings settings, long nowNanos) {
        mac = address;
        up = isUp;
        if (!known) {
            known = true;
            return enable(isUp);
        }
        if (up == enabled) {
            dueNanos = NEVER;
        } else if (dueNanos == NEVER) {
            int millis = up ? settings.upMillis() : settings.downMillis();
            dueNanos = nowNanos + millis * 1_000_000L;
        }
        return nowNanos >= dueNanos && enable(up);
    }

    /// The port has gone.
    boolean lose() {
        known = false;
        up = false;
        return enable(false);
    }

    /// Lets it send, or not, whatever its link says, until that changes.
    ///
    /// @return whether that is news
    boolean enable(boolean now) {
        dueNanos = NEVER;
        boolean news = enabled != now;
        enabled = now;
        return news;
    }
}
