package org.skyway.openflow.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.FlowRemoved;
import org.skyway.openflow.message.FlowStats;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.SubField;

/// What is written is read again as the same, whatever it is and in every version that can say it.
class RoundTripPropertyTest {
    private static final int CASES = 4000;
    private static final int NO_PORT = OfPort.ANY;

    private final long seed = Long.getLong("skyway.seed", System.nanoTime());
    private final Random random = new Random(seed);

    RoundTripPropertyTest() {
        System.out.println("RoundTripPropertyTest: -Dskyway.seed=" + seed);
    }

    private long bits(Field f) {
        return random.nextLong() & f.ones();
    }

    /// A match whose fields have what they presuppose.
    private Match match() {
        Match.Builder m = Match.builder();
        if (random.nextBoolean()) {
            m.exact(Field.IN_PORT, 1 + random.nextInt(100));
        }
        if (random.nextInt(3) == 0) {
            m.exact(Field.VLAN_VID, 0x1000 | random.nextInt(0x1000));
            m.exact(Field.VLAN_PCP, random.nextInt(8));
        }
        List<Field> more = new ArrayList<>(List.of(Field.ETH_SRC, Field.ETH_DST, Field.METADATA));
        more.addAll(List.of(Field.TUN_ID, Field.PKT_MARK, Field.REG2, Field.REG3, Field.REG15));
        more.addAll(List.of(Field.CT_MARK, Field.CT_LABEL, Field.TUN_SRC));
        switch (random.nextInt(6)) {
            case 0 -> more.addAll(ip(m, 0x0800, 6, Field.IPV4_SRC, Field.TCP_SRC, Field.TCP_FLAGS));
            case 1 -> more.addAll(ip(m, 0x86dd, 17, Field.IPV6_DST, Field.UDP_DST));
            case 2 -> more.addAll(ip(m, 0x0800, 132, Field.IPV4_DST, Field.SCTP_SRC));
            case 3 -> {
                m.exact(Field.ETH_TYPE, 0x0806);
                m.exact(Field.ARP_OP, 1 + random.nextInt(2));
                more.addAll(List.of(Field.ARP_SPA, Field.ARP_TPA, Field.ARP_SHA, Field.ARP_THA));
            }
            case 4 -> {
                m.exact(Field.ETH_TYPE, 0x8847);
                m.exact(Field.MPLS_LABEL, bits(Field.MPLS_LABEL));
                m.exact(Field.MPLS_BOS, random.nextInt(2));
            }
            default -> {
                ip(m, 0x86dd, 58);
                m.exact(Field.ICMPV6_TYPE, 135);
                m.exact(Field.ICMPV6_CODE, 0);
                more.addAll(List.of(Field.ND_TARGET, Field.ND_SLL));
            }
        }
        for (Field f : more) {
            if (random.nextInt(4) == 0 && f.wide()) {
                m.masked(f, random.nextLong(), random.nextLong(), random.nextLong(), -1);
            } else if (random.nextInt(4) == 0) {
                m.masked(f, bits(f), random.nextBoolean() ? f.ones() : bits(f));
            }
        }
        return m.build();
    }

    /// A match that a version's own structure has room for.
    private Match match(Version version) {
        Match all = match();
        if (version != Version.OF11) {
            return all;
        }
        Match.Builder m = Match.builder();
        List<Field> kept = new ArrayList<>(List.of(Field.IN_PORT, Field.ETH_SRC, Field.ETH_DST));
        kept.addAll(List.of(Field.ETH_TYPE, Field.VLAN_TCI, Field.METADATA, Field.MPLS_LABEL));
        if (all.exact(Field.ETH_TYPE) == 0x0800) {
            kept.addAll(List.of(Field.IPV4_SRC, Field.IPV4_DST, Field.IP_PROTO, Field.IP_DSCP));
        }
        for (Field f : kept) {
            m.masked(f, all.valueOf(f), all.maskOf(f));
        }
        return m.build();
    }

    private List<Field> ip(Match.Builder m, int type, int protocol, Field... more) {
        m.exact(Field.ETH_TYPE, type);
        m.exact(Field.IP_PROTO, protocol);
        if (random.nextBoolean()) {
            m.exact(Field.IP_DSCP, bits(Field.IP_DSCP));
            m.exact(Field.IP_TTL, bits(Field.IP_TTL));
            // What has ports is no later fragment.
            m.masked(Field.IP_FRAG, bits(Field.IP_FRAG) & FlowKey.FRAG_ANY, bits(Field.IP_FRAG));
        }
        return List.of(more);
    }

    private SubField part(Field f) {
        int offset = random.nextInt(f.bits());
        return new SubField(f, offset, 1 + random.nextInt(Math.min(64, f.bits() - offset)));
    }

    /// An action that every version has a form of its own for.
    private Action action(Version version) {
        boolean old = version == Version.OF10;
        int port = 1 + random.nextInt(100);
        return switch (random.nextInt(21)) {
            case 0 -> new Action.Output(port, 0);
            case 1 -> new Action.Output(OfPort.CONTROLLER, random.nextInt(0xffff));
            case 2 -> new Action.OutputReg(part(Field.REG4), random.nextInt(0xffff));
            case 3 ->
                    new Action.Controller(
                            random.nextInt(9), 1, 7, Bytes.of((byte) 1), true, random.nextInt(5));
            case 4 -> new Action.Group(random.nextInt(1000));
            case 5 -> new Action.SetQueue(random.nextInt());
            case 6 -> old ? new Action.SetVlanVid(5, true) : new Action.PushVlan(0x88a8);
            case 7 -> new Action.PopVlan();
            case 8 -> new Action.PushMpls(0x8847);
            case 9 ->
                    new Action.SetField(
                            Field.ETH_SRC,
                            bits(Field.ETH_SRC),
                            version.atLeast(Version.OF12)
                                    ? Action.SetField.Form.SET_FIELD
                                    : Action.SetField.Form.OWN_ACTION);
            case 10 ->
                    version == Version.OF15
                            ? new Action.SetField(Field.REG1, 0, 0x50, 0, 0xf0)
                            : load(part(Field.XXREG1));
            case 11 -> move();
            case 12 -> new Action.StackPush(part(Field.REG5));
            case 13 -> new Action.DecTtl(List.of(0));
            case 14 -> new Action.DecTtl(List.of(1, 2, 3));
            case 15 -> new Action.Resubmit(port, random.nextInt(250), random.nextBoolean());
            case 17 -> new Action.CheckPacketLarger(random.nextInt(9000), bit(Field.REG7));
            case 18 -> new Action.CtClear();
            case 19 -> version.atLeast(Version.OF13) ? new Action.DecNshTtl() : new Action.Exit();
            case 16 -> new Action.Note(Bytes.of(new byte[6 + 8 * random.nextInt(3)]));
            default -> new Action.Clone(List.of(new Action.Output(port, 0), new Action.PopQueue()));
        };
    }

    private SubField bit(Field field) {
        return new SubField(field, random.nextInt(field.bits()), 1);
    }

    private Action load(SubField target) {
        long ones = target.bits() == 64 ? -1 : (1L << target.bits()) - 1;
        return new Action.Load(target, random.nextLong() & ones);
    }

    private Action move() {
        SubField source = part(Field.REG6);
        return new Action.Move(source, new SubField(Field.METADATA, 3, source.bits()));
    }

    private List<Action> actions(Version version) {
        List<Action> actions = new ArrayList<>();
        int n = random.nextInt(5);
        for (int i = 0; i < n; i++) {
            actions.add(action(version));
        }
        return actions;
    }

    private Instructions instructions(Version version) {
        if (version == Version.OF10) {
            return Instructions.apply(actions(version));
        }
        boolean metadata = random.nextBoolean();
        long mask = metadata ? random.nextLong() : 0;
        return new Instructions(
                !version.atLeast(Version.OF13) || version == Version.OF15 || random.nextBoolean()
                        ? -1
                        : 1 + random.nextInt(50),
                actions(version),
                random.nextBoolean(),
                random.nextBoolean() ? List.of() : List.of(new Action.Output(3, 0)),
                random.nextLong() & mask,
                mask,
                random.nextBoolean() ? -1 : random.nextInt(254));
    }

    private void check(Version version, org.skyway.openflow.message.Message m) {
        Dialect dialect = version == Version.OF10 ? Dialect.NICIRA : Dialect.STANDARD;
        Envelope e = new Envelope(version, random.nextInt(), dialect, false, m);
        byte[] frame = Frames.encode(e, true);
        Envelope again = OpenFlowCodec.decode(frame, true);
        assertEquals(e.message(), again.message(), () -> version + ", seed " + seed);
        assertEquals(e.xid(), again.xid());
    }

    private Version version() {
        return Version.values()[random.nextInt(Version.values().length)];
    }

    @Test
    void flowMods() {
        for (int i = 0; i < CASES; i++) {
            Version v = version();
            boolean add = random.nextBoolean();
            boolean old = v == Version.OF10;
            FlowMod.Command command = add ? FlowMod.Command.ADD : FlowMod.Command.DELETE;
            long newCookie = add || old ? random.nextInt(1000) : -1;
            long cookieMask = add ? 0 : random.nextLong();
            check(
                    v,
                    new FlowMod(
                            command,
                            match(v),
                            random.nextInt(0x10000),
                            random.nextInt(254),
                            random.nextLong() & cookieMask,
                            cookieMask,
                            newCookie,
                            old,
                            random.nextInt(0x10000),
                            random.nextInt(0x10000),
                            add && v.atLeast(Version.OF14) ? random.nextInt(0x10000) : 0,
                            -1,
                            random.nextBoolean() ? NO_PORT : 7,
                            old || add ? -1 : random.nextInt(100),
                            add && !v.atLeast(Version.OF12)
                                    ? FlowRule.RESET_COUNTS
                                    : random.nextInt(2),
                            instructions(v)));
        }
    }

    @Test
    void flowStatistics() {
        for (int i = 0; i < CASES; i++) {
            Version v = version();
            boolean old = v == Version.OF10;
            FlowRule rule =
                    new FlowRule(
                            random.nextInt(254),
                            random.nextInt(0x10000),
                            match(),
                            instructions(v),
                            random.nextLong(),
                            random.nextInt(0x10000),
                            random.nextInt(0x10000),
                            v.atLeast(Version.OF13) ? random.nextInt(32) : 0,
                            v.atLeast(Version.OF14) ? random.nextInt(0x10000) : 0);
            boolean ages = old || v == Version.OF15;
            FlowStats s =
                    new FlowStats(
                            rule,
                            random.nextInt() & 0x7fffffff,
                            ages ? random.nextInt(1000) : -1,
                            old ? random.nextInt(1000) : -1,
                            random.nextInt() & 0x7fffffff,
                            random.nextInt() & 0x7fffffff);
            check(v, new StatsReply.Flow(List.of(s, s)));
        }
    }

    @Test
    void packetInsInEachFormat() {
        for (int i = 0; i < CASES; i++) {
            Version v = Version.values()[3 + random.nextInt(3)];
            byte[] data = new byte[random.nextInt(100)];
            random.nextBytes(data);
            PacketIn.Format format = PacketIn.Format.values()[random.nextInt(3)];
            boolean second = format == PacketIn.Format.NXT_PACKET_IN2;
            Match metadata =
                    Match.builder()
                            .exact(Field.IN_PORT, 1 + random.nextInt(100))
                            .exact(Field.METADATA, random.nextLong())
                            .exact(Field.REG0, bits(Field.REG0))
                            .exact(Field.REG1, bits(Field.REG1))
                            .build();
            check(
                    v,
                    new PacketIn(
                            Bytes.of(data),
                            data.length,
                            -1,
                            random.nextInt(3),
                            random.nextInt(254),
                            random.nextLong(),
                            metadata,
                            second ? Bytes.of(data) : Bytes.EMPTY,
                            0,
                            format));
        }
    }

    @Test
    void groupModsAndRemovedFlowsAndRequests() {
        for (int i = 0; i < CASES; i++) {
            Version v = version();
            List<GroupEntry.Bucket> buckets = new ArrayList<>();
            int n = random.nextInt(4);
            for (int b = 0; b < n; b++) {
                buckets.add(new GroupEntry.Bucket(b, random.nextInt(100), NO_PORT, -1, actions(v)));
            }
            GroupEntry g = new GroupEntry(random.nextInt(1000), GroupEntry.Type.SELECT, buckets);
            check(v, new GroupMod(GroupMod.ADD, g.id(), 1, GroupMod.BUCKET_ALL, g));
            check(
                    v,
                    new FlowRemoved(
                            match(v),
                            random.nextInt(0x10000),
                            random.nextInt(6),
                            random.nextInt(254),
                            random.nextLong(),
                            random.nextInt() & 0x7fffffff,
                            random.nextInt(0x10000),
                            v == Version.OF10 ? 0 : random.nextInt(0x10000),
                            random.nextInt() & 0x7fffffff,
                            random.nextInt() & 0x7fffffff));
            long mask = random.nextLong();
            int group = v == Version.OF10 ? -1 : random.nextInt(99);
            check(
                    v,
                    new StatsRequest.Flow(
                            match(v),
                            random.nextInt(254),
                            9,
                            group,
                            random.nextLong() & mask,
                            mask));
        }
    }
}
