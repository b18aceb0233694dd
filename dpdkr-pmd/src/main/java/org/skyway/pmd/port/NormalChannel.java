package org.skyway.pmd.port;

import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;

/// The VNF's ends of a mapped port region.
///
/// @param id of the region
/// @param region what is mapped
/// @param control the control block
/// @param statistics the statistics block
/// @param toSwitch the sending end of the normal channel
/// @param fromSwitch the receiving end of the normal channel
record NormalChannel(
        long id,
        Region region,
        ControlBlock control,
        StatisticsBlock statistics,
        RingProducer toSwitch,
        RingConsumer fromSwitch) {
    private static final int NOWHERE_CELLS = 1024;

    static NormalChannel open(Region region, String port) throws RingFormatException {
        long base = region.address();
        long size = region.sizeBytes();
        RegionHeader header =
                RegionHeader.read(base, size, RegionHeader.PORT_MAGIC, region.path().toString());
        return new NormalChannel(
                header.id(),
                region,
                new ControlBlock(base),
                new StatisticsBlock(base),
                RingProducer.attach(
                        base + header.firstRing(), size - header.firstRing(), port + "/to-switch"),
                RingConsumer.attach(
                        base + header.secondRing(),
                        size - header.secondRing(),
                        port + "/from-switch"));
    }

    /// A channel of its own that is full in one direction and empty in the other.
    static NormalChannel nowhere(String port, int maxFrame) {
        RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, 0, NOWHERE_CELLS);
        Region region = Region.scratch(port + "-nowhere", header.sizeBytes());
        header.create(region.address());
        NormalChannel channel;
        try {
            channel = open(region, port);
        } catch (RingFormatException e) {
            throw new IllegalStateException("a region just made is no region", e);
        }
        long[] anywhere = {region.address()};
        int[] longest = {maxFrame};
        while (channel.toSwitch.offer(anywhere, longest, 0, 1) == 1) {
            // One more that nobody will read.
        }
        longest[0] = 1;
        while (channel.toSwitch.offer(anywhere, longest, 0, 1) == 1) {
            // And into what is left, the shortest.
        }
        return channel;
    }

    int maxFrame() {
        return toSwitch.maxFrame();
    }
}
