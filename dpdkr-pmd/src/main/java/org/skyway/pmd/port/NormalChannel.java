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
/// @param region what is mapped
/// @param control the control block
/// @param statistics the statistics block
/// @param toSwitch the sending end of the normal channel
/// @param fromSwitch the receiving end of the normal channel
record NormalChannel(
        Region region,
        ControlBlock control,
        StatisticsBlock statistics,
        RingProducer toSwitch,
        RingConsumer fromSwitch) {

    static NormalChannel open(Region region, String port) throws RingFormatException {
        long base = region.address();
        long size = region.sizeBytes();
        RegionHeader header =
                RegionHeader.read(base, size, RegionHeader.PORT_MAGIC, region.path().toString());
        return new NormalChannel(
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

    int maxFrame() {
        return toSwitch.maxFrame();
    }
}
