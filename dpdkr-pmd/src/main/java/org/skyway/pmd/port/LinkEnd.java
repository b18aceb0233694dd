package org.skyway.pmd.port;

import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;

/// This port's end of one point-to-point link. Belongs to the data thread once it was handed over.
final class LinkEnd {
    final int slot;
    final String name;
    final Region region;
    final RingProducer producer;
    final RingConsumer consumer;

    /// Whether the receiver reads the bypass ring now, and since which epoch.
    boolean reading;

    int readingEpoch;

    /// Whether packets of the last receive burst lie in the bypass ring.
    boolean held;

    /// Set once the normal ring waits for the END mark of this link: where that mark lies at the
    /// latest.
    boolean draining;

    long drainTo;

    private LinkEnd(
            int slot, String name, Region region, RingProducer producer, RingConsumer consumer) {
        this.slot = slot;
        this.name = name;
        this.region = region;
        this.producer = producer;
        this.consumer = consumer;
    }

    /// @param maxFrame longest packet of the port: the peer may have tampered with the ring's own
    ///   figure, and a longer packet would not fit where the VNF sends it next
    static LinkEnd open(int slot, String name, Region region, boolean sideA, int maxFrame)
            throws RingFormatException {
        long base = region.address();
        long size = region.sizeBytes();
        RegionHeader header =
                RegionHeader.read(base, size, RegionHeader.LINK_MAGIC, region.path().toString());
        long out = sideA ? header.firstRing() : header.secondRing();
        long in = sideA ? header.secondRing() : header.firstRing();
        var producer = RingProducer.attach(base + out, size - out, name + "/out");
        var consumer = RingConsumer.attach(base + in, size - in, name + "/in");
        if (producer.maxFrame() != maxFrame || consumer.maxFrame() != maxFrame) {
            throw new RingFormatException(
                    "link %s takes frames of %d bytes and gives frames of %d, but the port takes %d; recreate the link"
                            .formatted(name, producer.maxFrame(), consumer.maxFrame(), maxFrame));
        }
        return new LinkEnd(slot, name, region, producer, consumer);
    }
}
