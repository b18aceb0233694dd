package org.skyway.vswitch.dropin;

/// The MTU of those interfaces of a bridge that the switch makes and nobody asks for another one of
/// (Open vSwitch, `ofproto.c`, `find_min_mtu` and `update_mtu`): the least of all others there,
/// when that changes. Between changes users may make it smaller, not larger.
final class InternalMtu {
    private static final int WITHOUT_OTHERS = 1500;

    private int least = Integer.MAX_VALUE;
    private boolean changed;

    /// Takes notice of the other interfaces: the host's, and the switch's with an `mtu_request`.
    ///
    /// @param others the least of their MTUs; the largest int if there are none
    void others(int others) {
        boolean never = least == Integer.MAX_VALUE;
        int now = others == Integer.MAX_VALUE && !never ? WITHOUT_OTHERS : others;
        changed = now != least;
        least = now;
    }

    /// What an interface gets.
    ///
    /// @param has its MTU
    /// @return its MTU from now on
    int of(int has) {
        return changed || has > least ? least : has;
    }
}
