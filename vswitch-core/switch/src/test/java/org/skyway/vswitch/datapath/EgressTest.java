package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.tables.PortQos;
import org.skyway.vswitch.tables.PortQos.Queue;
import org.skyway.vswitch.tables.PortQos.Rate;
import org.skyway.vswitch.tables.QueueCounters;

/// What is too much for a port is dropped and counted, by queue.
class EgressTest {
    private static final Rate TEN_FRAMES = new Rate(1, 8 * 600); // and no more in this test's time
    private static final Rate TWENTY_FRAMES = new Rate(1, 8 * 1200);

    private static void limit(TestBed bed, int port, PortQos qos) {
        DatapathPort to = bed.vnf(port).port;
        to.limit(qos == null ? null : new EgressQueues(qos, to.egress(), System.nanoTime()));
        bed.tables.qos(qos == null ? Map.of() : Map.of(port, qos));
        bed.publish();
    }

    private static PortQos qos(Rate all, Map<Integer, Queue> queues) {
        return new PortQos("linux-htb", all, 0, new TreeMap<>(queues));
    }

    private static int through(TestBed bed, int frames) {
        for (int i = 0; i < frames; i++) {
            byte[] frame = new byte[60];
            frame[12] = (byte) 0x88;
            frame[13] = (byte) 0xb5;
            frame[59] = (byte) i;
            bed.vnf(1).send(frame);
        }
        bed.poll();
        List<byte[]> got = bed.vnf(2).receive();
        for (int i = 1; i < got.size(); i++) {
            assertEquals(true, (got.get(i - 1)[59] & 255) < (got.get(i)[59] & 255), "order");
        }
        return got.size();
    }

    private static List<Long> counted(TestBed bed, int queue) {
        for (QueueCounters c : bed.vnf(2).port.egress().counters()) {
            if (c.queue() == queue) {
                return List.of(c.packets(), c.bytes(), c.errors());
            }
        }
        return List.of();
    }

    @Test
    void whatIsTooMuchForAPortIsDroppedAndCounted() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("in_port=1,actions=output:2"));
            assertEquals(40, through(bed, 40));
            limit(bed, 2, qos(TEN_FRAMES, Map.of(0, Queue.PLAIN)));
            assertEquals(10, through(bed, 40));
            assertEquals(List.of(10L, 600L, 30L), counted(bed, 0));
            assertEquals(30, bed.vnf(2).port.traffic().sum(Traffic.TX_DROPPED));
            assertEquals(50, bed.vnf(2).port.traffic().sum(Traffic.TX_PACKETS));
            limit(bed, 2, null);
            assertEquals(40, through(bed, 40));
            assertEquals(0, bed.faults.total(), () -> bed.faults.list().toString());
        }
    }

    @Test
    void whatIsLeftOutIsNobodyElsesLoss() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("in_port=1,actions=output:2"));
            limit(bed, 2, qos(TEN_FRAMES, Map.of()));
            bed.vnf(1).send(new byte[40]);
            for (int length : new int[] {460, 200, 60, 60, 40, 41, 70}) {
                bed.vnf(1).send(new byte[length]);
            }
            bed.poll();
            List<Integer> got = bed.vnf(2).receive().stream().map(f -> f.length).toList();
            assertEquals(List.of(40, 460, 60, 40), got);
        }
    }

    @Test
    void packetsOfAQueueHaveItsLimitAndOthersTheirs() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("in_port=1,actions=set_queue:7,output:2,pop_queue,output:2"));
            assertEquals(20, through2(bed, 10));
            Queue ten = new Queue(Rate.ANY, TEN_FRAMES, -1);
            Queue twenty = new Queue(Rate.ANY, TWENTY_FRAMES, -1);
            limit(bed, 2, qos(Rate.ANY, Map.of(0, ten, 7, twenty)));
            assertEquals(30, through2(bed, 40));
            assertEquals(List.of(10L, 600L, 30L), counted(bed, 0));
            assertEquals(List.of(20L, 1200L, 20L), counted(bed, 7));
            // One that is gone is the default queue, which goes on counting.
            limit(bed, 2, qos(Rate.ANY, Map.of(0, twenty)));
            assertEquals(20, through2(bed, 40));
            assertEquals(List.of(30L, 1800L, 90L), counted(bed, 0));
        }
    }

    private static int through2(TestBed bed, int frames) {
        for (int i = 0; i < frames; i++) {
            bed.vnf(1).send(new byte[60]);
        }
        bed.poll();
        return bed.vnf(2).receive().size();
    }

    @Test
    void aQueueHasWhatItAlwaysHas() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("priority=1,in_port=1,actions=set_queue:3,output:2"));
            Queue always = new Queue(TEN_FRAMES, Rate.ANY, -1);
            limit(bed, 2, qos(TWENTY_FRAMES, Map.of(0, Queue.PLAIN, 3, always)));
            bed.add(FlowText.parse("priority=9,in_port=1,dl_type=0x88b5,actions=output:2"));
            assertEquals(20, through(bed, 40)); // the default queue takes all there is
            assertEquals(10, through2(bed, 40));
            assertEquals(List.of(10L, 600L, 30L), counted(bed, 3));
        }
    }

    @Test
    void enqueueIsForOneOutput() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("in_port=1,actions=enqueue:2:4,output:2"));
            limit(bed, 2, qos(Rate.ANY, Map.of(0, Queue.PLAIN, 4, Queue.PLAIN)));
            assertEquals(20, through2(bed, 10));
            assertEquals(List.of(10L, 600L, 0L), counted(bed, 0));
            assertEquals(List.of(10L, 600L, 0L), counted(bed, 4));
        }
    }
}
