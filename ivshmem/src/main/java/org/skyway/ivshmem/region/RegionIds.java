package org.skyway.ivshmem.region;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Ids of regions: no two of one switch are the same, whether they are of ports or of links, and
/// those of another switch, or of the one that ran here before, are others too. For that, a switch
/// has one of these, which counts on from a random place; a clock could be set back, and would say
/// which ids a neighbour has. Any thread.
public final class RegionIds {
    private final AtomicLong next;

    /// Begins anywhere.
    public RegionIds() {
        // Positive for as long as anyone counts: some read ids as signed numbers.
        next = new AtomicLong(new SecureRandom().nextLong() >>> 2);
    }

    /// A new id.
    ///
    /// @return positive; never the same again
    public long next() {
        return next.incrementAndGet();
    }
}
