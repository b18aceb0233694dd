package org.skyway.experiments.siege;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.bed.Controller;
import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.PacketOut;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;

/// Packets, flat out, each of which has the switch remember or tell something.
final class TrafficAssaults {
    private static final String[] ODD_MATCHES = {
        "tcp,tcp_flags=+syn",
        "ipv6,ipv6_label=5",
        "icmp6,icmp_type=135,nd_target=::1",
        "mpls",
        "arp,arp_op=1",
        "udp,tp_dst=7",
        "sctp",
        "ip,nw_frag=later",
        "dl_vlan=5",
        "ip,nw_tos=4"
    };

    private TrafficAssaults() {}

    static void addresses(Ground g) throws IOException {
        g.controller().add("in_port=3,actions=NORMAL");
        g.controller().barrier();
        g.flood(
                3,
                64,
                at -> {
                    Ground.udp(at, 1, 1);
                    Memory.putIntBE(at + 8, g.random().nextInt());
                });
    }

    static void packetIns(Ground g) throws IOException {
        g.controller().add("in_port=3,actions=controller");
        g.controller().barrier();
        try (Controller listener = listener(g)) {
            g.flood(3, 1500, at -> Ground.udp(at, 1, 1));
            listener.barrier();
        }
    }

    /// A controller that is told of packets.
    static Controller listener(Ground g) {
        Controller listener = g.vswitch().controller("listener");
        // OFPT_SET_CONFIG with all of each packet: tools get none unless they ask.
        listener.sendRaw(new byte[] {4, 9, 0, 12, 0, 0, 0, 1, 0, 0, (byte) 0xff, (byte) 0xff});
        listener.barrier();
        return listener;
    }

    static void learn(Ground g) throws IOException {
        g.controller()
                .add(
                        "in_port=3,ip,actions=learn(table=5,eth_type=0x800,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],NXM_OF_IP_SRC[],output:NXM_OF_IN_PORT[]),output:4");
        g.controller().barrier();
        g.flood(
                2,
                64,
                at -> {
                    Ground.udp(at, g.random().nextInt(1 << 14), 1);
                    Memory.putIntBE(at + 8, g.random().nextInt());
                });
    }

    static void select(Ground g) throws IOException {
        g.controller()
                .group(GroupMod.ADD, "group_id=1,type=select,bucket=output:4,bucket=output:4");
        g.controller().add("in_port=3,ip,actions=group:1");
        g.controller().barrier();
        g.flood(3, 64, at -> Ground.udp(at, g.random().nextInt(), g.random().nextInt(65536)));
    }

    static void odd(Ground g) throws IOException {
        for (String match : ODD_MATCHES) {
            g.controller().add("in_port=3,priority=100," + match + ",actions=output:4");
        }
        g.controller()
                .add("in_port=3,priority=90,vlan_tci=0x1000/0x1000,actions=pop_vlan,output:4");
        g.controller().add("in_port=3,priority=1,actions=output:4");
        g.controller().barrier();
        int[] types = {0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x8847, 0x88b5, 5};
        int[] protocols = {0, 1, 4, 6, 17, 43, 44, 51, 58, 60, 132, 255};
        for (int length : new int[] {14, 15, 18, 33, 34, 54, 60, 61, 127, 1514, 2048}) {
            g.flood(
                    0.2,
                    length,
                    at -> {
                        for (int i = 0; i < 128; i += 8) {
                            Memory.putLong(at + i, g.random().nextLong());
                        }
                        int type = types[g.random().nextInt(types.length)];
                        Memory.putShortBE(at + 12, type);
                        if (g.random().nextBoolean()) {
                            Memory.putByte(at + 14, type == 0x86dd ? 0x60 : 0x45);
                            int protocol = protocols[g.random().nextInt(protocols.length)];
                            Memory.putByte(at + (type == 0x86dd ? 20 : 23), protocol);
                        }
                    });
        }
    }

    static void packetOuts(Ground g) {
        List<Integer> lengths = new ArrayList<>(List.of(0, 1, 13, 14, 59, 60, 2047, 2048, 2049));
        lengths.addAll(List.of(4096, 9000, 32768, 65_000, 65_400));
        int packets = g.some(2000);
        for (int i = 0; i < packets; i++) {
            int length =
                    g.random().nextBoolean()
                            ? lengths.get(g.random().nextInt(lengths.size()))
                            : g.random().nextInt(65_000);
            byte[] data = new byte[length];
            g.random().nextBytes(data);
            String actions =
                    switch (g.random().nextInt(4)) {
                        case 0 -> "output:4";
                        case 1 -> "output:TABLE";
                        case 2 -> "controller,output:4,output:4";
                        default -> "push_vlan:0x8100,push_mpls:0x8847,output:4";
                    };
            Match from = FlowText.parseMatch("in_port=3");
            g.controller()
                    .send(
                            new PacketOut(
                                    -1,
                                    from,
                                    FlowText.parseActions(actions, from),
                                    Bytes.of(data)));
        }
        g.controller().barrier();
    }
}
