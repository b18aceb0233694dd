package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.tables.Tables;

class FrameSizeTest {
    private static byte[] frame(int length) {
        byte[] frame = new byte[length];
        new Random(length).nextBytes(frame);
        if (length >= 14) {
            frame[12] = (byte) 0x88;
            frame[13] = (byte) 0xb5;
        }
        return frame;
    }

    @Test
    void everyLengthUpToTheLongestGoesThrough() throws IOException {
        List<Integer> lengths = List.of(1, 2, 5, 12, 13, 14, 15, 17, 18, 63, 64, 65, 2047, 2048);
        for (String rule :
                List.of(
                        "in_port=1,actions=output:2",
                        "in_port=1,udp,actions=drop",
                        "priority=9,in_port=1,dl_type=0x1234,actions=drop")) {
            try (TestBed bed = new TestBed(2)) {
                bed.add(FlowText.parse(rule));
                bed.add(FlowText.parse("priority=1,in_port=1,actions=output:2"));
                for (int length : lengths) {
                    bed.vnf(1).send(frame(length));
                }
                bed.poll();
                List<byte[]> got = bed.vnf(2).receive();
                assertEquals(lengths.size(), got.size());
                for (int i = 0; i < got.size(); i++) {
                    assertArrayEquals(frame(lengths.get(i)), got.get(i));
                }
                assertEquals(0, bed.faults.total());
            }
        }
    }

    @Test
    void packetOutThatIsTooLongIsRefusedBeforeAnyThreadSeesIt() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            var out = Megaflow.of(new DatapathAction.Output(2)).program;
            for (int length : new int[] {RegionHeader.MAX_FRAME + 1, 10_000, 65_535}) {
                IllegalArgumentException e =
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> bed.datapath.run(out, new byte[length]));
                assertTrue(e.getMessage().contains("2048"), e.getMessage());
            }
            for (int length : new int[] {0, 1, 13, RegionHeader.MAX_FRAME}) {
                bed.datapath.run(out, frame(length));
            }
            bed.datapath.settle();
            assertEquals(3, bed.vnf(2).receive().size());
            assertEquals(1, bed.vnf(2).port.traffic().sum(Traffic.TX_DROPPED)); // the empty one
            assertEquals(0, bed.faults.total());
        }
    }

    @Test
    void packetWithoutRoomForItsTagIsDroppedAndNotSentWithoutIt() throws IOException {
        for (String push : List.of("push_vlan:0x8100", "push_mpls:0x8847")) {
            try (TestBed bed = new TestBed(2)) {
                bed.add(FlowText.parse("in_port=1,actions=" + push + ",output:2"));
                for (int length : new int[] {2044, 2045, 2048}) {
                    bed.vnf(1).send(frame(length));
                }
                bed.poll();
                List<byte[]> got = bed.vnf(2).receive();
                assertEquals(1, got.size());
                assertEquals(2048, got.getFirst().length);
                assertEquals(2, bed.vnf(1).port.traffic().sum(Traffic.RX_DROPPED));
            }
        }
    }

    @Test
    void pushesStayInThePacketsBuffer() {
        try (Arena arena = Arena.ofConfined();
                Datapath datapath = new Datapath(1, new Tables(), null, new Faults())) {
            PacketExecutor executor =
                    new PacketExecutor(
                            datapath.burst(0), datapath, new FlowCache(0, datapath), arena);
            long buffer = arena.allocate(PacketExecutor.BUFFER_BYTES + 128, 64).address();
            for (int i = 0; i < PacketExecutor.BUFFER_BYTES + 128; i++) {
                Memory.putByte(buffer + i, 0x5a);
            }
            byte[] frame = frame(100);
            long packet = buffer + 64 + PacketExecutor.HEADROOM;
            Memory.copyFromArray(frame, 0, packet, frame.length);
            DatapathAction[] pushes = new DatapathAction[33];
            Arrays.fill(pushes, new DatapathAction.PushVlan(0x8100, 1));
            int done = 0;
            while (executor.run(
                    Megaflow.of(Arrays.copyOf(pushes, done + 1)).program, packet, 100)) {
                done++;
                Memory.copyFromArray(frame, 0, packet, frame.length);
            }
            assertEquals(PacketExecutor.HEADROOM / 4, done);
            for (int i = 0; i < 64; i++) {
                assertEquals(0x5a, Memory.getByte(buffer + i));
            }
        }
    }

    // What the IP header says of its own length is compared with the frame under the Ethernet
    // type's reading; the version that it claims may suggest another one.
    @Test
    void versionThatContradictsTheEthernetTypeLeadsNowhere() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("in_port=1,sctp6,actions=mod_tp_dst:7,output:2"));
            bed.add(FlowText.parse("in_port=1,sctp,actions=mod_tp_dst:7,output:2"));
            for (int claimed : new int[] {0, 0xffff}) {
                byte[] six = new byte[14 + 40 + 12];
                six[12] = (byte) 0x86;
                six[13] = (byte) 0xdd;
                six[14] = 0x45; // "version 4"
                six[16] = (byte) (claimed >>> 8);
                six[17] = (byte) claimed; // of the flow label
                six[19] = 12;
                six[20] = (byte) 132;
                bed.vnf(1).send(six);
                byte[] four = new byte[14 + 20 + 12];
                four[12] = 8;
                four[14] = 0x65; // "version 6"
                four[17] = 32;
                four[23] = (byte) 132;
                bed.vnf(1).send(four);
            }
            bed.poll();
            List<byte[]> got = bed.vnf(2).receive();
            assertEquals(0, bed.faults.total(), () -> bed.faults.list().toString());
            assertEquals(4, got.size());
            for (byte[] frame : got) {
                int l4 = frame.length - 12;
                assertEquals(7, frame[l4 + 3]);
            }
        }
    }

    @Test
    void rewritesStayInTheFrame() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("FrameSizeTest: -Dskyway.seed=" + seed);
        Random random = new Random(seed);
        int[] types = {0x0800, 0x86dd, 0x0806, 0x8847, 0x894f, 0x8100};
        int[] protocols = {1, 6, 17, 58, 132, 44, 0};
        try (Arena arena = Arena.ofConfined()) {
            long buffer = arena.allocate(4096, 64).address();
            PacketRewriter rewriter = new PacketRewriter();
            for (int run = 0; run < 200_000; run++) {
                int length = random.nextInt(0, 140);
                byte[] frame = new byte[4096];
                random.nextBytes(frame);
                long packet = buffer + 1024;
                int type = types[random.nextInt(types.length)];
                frame[1024 + 12] = (byte) (type >>> 8);
                frame[1024 + 13] = (byte) type;
                if (random.nextBoolean()) {
                    frame[1024 + 14] = (byte) (random.nextBoolean() ? 0x45 : 0x60);
                    frame[1024 + 16] = 0;
                    frame[1024 + 18] = 0;
                    frame[1024 + 20] = (byte) protocols[random.nextInt(protocols.length)];
                    frame[1024 + 23] = (byte) protocols[random.nextInt(protocols.length)];
                }
                Memory.copyFromArray(frame, 0, buffer, 4096);
                long[] values = new long[FlowKey.WORDS];
                long[] masks = new long[FlowKey.WORDS];
                for (int w = 0; w < FlowKey.PACKET_WORDS; w++) {
                    values[w] = random.nextLong();
                    masks[w] = random.nextInt(3) == 0 ? random.nextLong() : 0;
                }
                rewriter.rewrite(packet, length, values, masks, random.nextInt(3), -1);
                byte[] after = new byte[4096];
                Memory.copyToArray(buffer, after, 0, 4096);
                Arrays.fill(frame, 1024, 1024 + length, (byte) 0);
                Arrays.fill(after, 1024, 1024 + length, (byte) 0);
                assertArrayEquals(frame, after, "run " + run);
            }
        }
    }
}
