package org.skyway.ivshmem.sys;

import java.util.concurrent.atomic.AtomicLong;

/// A count with one writer and any readers; adding costs a plain store.
final class Counter {
    private final AtomicLong value = new AtomicLong();

    void add(long n) {
        value.setOpaque(value.getPlain() + n);
    }

    long get() {
        return value.getOpaque();
    }
}
