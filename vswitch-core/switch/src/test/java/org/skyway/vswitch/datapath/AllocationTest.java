package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.tables.PortQos;

class AllocationTest {
    private static final int WARM = 20_000;
    private static final int ROUNDS = 20_000;

    private static void limit(TestBed bed) {
        PortQos.Rate any = new PortQos.Rate(1L << 40, 1L << 30);
        PortQos.Queue queue = new PortQos.Queue(any, any, -1);
        PortQos qos = new PortQos("linux-htb", any, 0, new TreeMap<>(Map.of(0, queue, 1, queue)));
        bed.vnf(2).port.limit(new EgressQueues(qos, null, System.nanoTime()));
        bed.tables.qos(Map.of(2, qos));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "priority=1,in_port=1,actions=output:2",
                "priority=1,in_port=1,udp,tp_dst=2000,actions=output:2",
                "priority=1,in_port=1,udp,actions=mod_nw_dst:10.0.0.9,dec_ttl,output:2",
                "priority=1,in_port=1,actions=set_queue:0,output:2",
                "priority=1,in_port=1,actions=set_queue:1,output:2",
                "priority=1,in_port=1,actions=drop"
            })
    void knownFlowsMakeNoObjects(String flow) throws IOException {
        try (TestBed bed = new TestBed(2)) {
            if (flow.contains("set_queue")) {
                limit(bed);
            }
            bed.add(FlowText.parse(flow));
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long id = Thread.currentThread().threadId();
            byte[] frame = new byte[64];
            frame[12] = 8;
            frame[14] = 0x45;
            frame[17] = 50;
            frame[22] = 64;
            frame[23] = 17;
            frame[36] = 7;
            frame[37] = (byte) 208;
            long[] address = {bed.scratch()};
            int[] length = {frame.length};
            Memory.copyFromArray(frame, 0, address[0], frame.length);
            long[] got = new long[32];
            int[] lengths = new int[32];
            long before = 0;
            for (int i = 0; i < WARM + ROUNDS; i++) {
                if (i == WARM) {
                    before = threads.getThreadAllocatedBytes(id);
                }
                bed.vnf(1).tx.offer(address, length, 0, 1);
                bed.datapath.pollOnce();
                bed.vnf(2).rx.peek(got, lengths, 0, 32);
                bed.vnf(2).rx.release();
            }
            long bytes = threads.getThreadAllocatedBytes(id) - before;
            // The measurement itself may make a few objects, but not one for each packet.
            assertTrue(bytes < ROUNDS, bytes + " bytes for " + ROUNDS + " packets of " + flow);
            assertEquals(WARM + ROUNDS, bed.vnf(1).port.traffic().sum(Traffic.RX_PACKETS));
        }
    }
}
