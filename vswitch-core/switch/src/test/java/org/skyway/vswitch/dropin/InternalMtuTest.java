package org.skyway.vswitch.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class InternalMtuTest {
    private static final int NONE = Integer.MAX_VALUE;

    private final InternalMtu mtu = new InternalMtu();

    @Test
    void isLeftAloneWhereThereWereNeverOthers() {
        mtu.others(NONE);
        assertEquals(9000, mtu.of(9000));
        assertEquals(1280, mtu.of(1280));
    }

    @Test
    void isTheLeastOfOthersWhenThatChanges() {
        mtu.others(1450);
        assertEquals(1450, mtu.of(1500));
        mtu.others(9000);
        assertEquals(9000, mtu.of(1450));
    }

    @Test
    void mayBeMadeSmallerButNotLargerByUsers() {
        mtu.others(1500);
        mtu.others(1500);
        assertEquals(1400, mtu.of(1400));
        assertEquals(1500, mtu.of(1600));
    }

    @Test
    void isTheUsualOneOnceTheOthersAreGone() {
        mtu.others(1400);
        mtu.others(NONE);
        assertEquals(1500, mtu.of(1400));
        mtu.others(NONE);
        assertEquals(1300, mtu.of(1300));
    }
}
