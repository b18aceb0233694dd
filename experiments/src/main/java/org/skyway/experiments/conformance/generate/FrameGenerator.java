package org.skyway.experiments.conformance.generate;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.skyway.openflow.model.FlowKey;

/// Random frames of every kind that Open vSwitch parses, most of them right, some cut short or
/// contradicting themselves.
public final class FrameGenerator {
    private static final int ROOM = 512;

    private final Pools pools;
    private ByteBuffer f;
    private Layers layers = Layers.NO_LABELS;

    /// A generator.
    ///
    /// @param pools where its choices come from
    FrameGenerator(Pools pools) {
        this.pools = pools;
    }

    void layers(Layers of) {
        layers = of;
    }

    /// Makes a frame.
    ///
    /// @return 14 bytes or more
    public byte[] next() {
        f = ByteBuffer.allocate(ROOM);
        f.put(pools.mac()).put(pools.mac());
        if (pools.chance(10)) {
            mpls(); // without a tag: Open vSwitch puts another label in the middle of one
        } else {
            tags();
            network(pools.chance(8) && !layers.labels());
        }
        byte[] frame = Arrays.copyOf(f.array(), f.position());
        if (pools.chance(40) && frame.length < 60) {
            frame = Arrays.copyOf(frame, 60); // as a card would pad it
        }
        if (pools.chance(8)) {
            frame = Arrays.copyOf(frame, 14 + pools.below(frame.length - 13));
        }
        if (pools.chance(5)) {
            flip(frame);
        }
        return passable(frame);
    }

    /// Makes a frame that differs from another in one place.
    ///
    /// @param frame the other
    /// @return a changed copy
    public byte[] like(byte[] frame) {
        byte[] other = frame.clone();
        flip(other);
        return passable(other);
    }

    private void flip(byte[] frame) {
        frame[pools.below(frame.length)] ^= (byte) (1 << pools.below(8));
    }

    // What is not tested, because it is not Skyway's matter. The kernel takes the outermost tag off
    // for
    // Open vSwitch, which puts it back without the drop eligible bit; and it drops a frame that
    // ends
    // right behind the tag. Of a frame that ends within its first label, or has a tag in an 802.2
    // header, Open vSwitch can't attribute the counts.
    private byte[] passable(byte[] frame) {
        int type = type(frame, 12);
        boolean tagged = isTag(type);
        int at = tagged ? 16 : 12;
        int least = tagged ? 20 : 14;
        if (frame.length >= at + 2 && isLabelled(type(frame, at))) {
            least = Math.max(least, at + 6);
        }
        byte[] passable = Arrays.copyOf(frame, Math.max(least, frame.length));
        if (tagged) {
            passable[14] &= (byte) ~0x10;
        }
        if (layers.labels() && passable.length >= at + 2 && type(passable, at) < 0x600) {
            passable[at] = (byte) 0x89; // any type rather than a length
        }
        if (passable.length >= at + 6 && isLabelled(type(passable, at))) {
            passable[at + 5] |= 1; // a label stack entry of nothing but zeros, neither
        }
        laterFragment(passable, at);
        if (passable.length >= at + 10
                && type(passable, at) < 0x600
                && isTag(type(passable, at + 8))) {
            passable[at + 8] = 8;
        }
        return passable;
    }

    // In a later fragment Open vSwitch changes what would be the checksum, were it the first.
    private static void laterFragment(byte[] frame, int at) {
        int type = at;
        while (type + 6 <= frame.length && isTag(type(frame, type))) {
            type += 4;
        }
        int header = type + 2;
        if (header + 20 <= frame.length
                && type(frame, type) == 0x0800
                && (type(frame, header + 6) & 0x1fff) != 0) {
            frame[header + 9] = (byte) 0xfd;
        }
    }

    private static int type(byte[] frame, int at) {
        return (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
    }

    private static boolean isLabelled(int type) {
        return type == 0x8847 || type == 0x8848;
    }

    private static boolean isTag(int type) {
        return type == 0x8100 || type == 0x88a8;
    }

    private void tags() {
        if (pools.chance(35) && layers != Layers.NO_TAGS) {
            tag(pools.chance(80) ? 0x8100 : 0x88a8);
            if (pools.chance(25)) {
                tag(pools.chance(80) ? 0x8100 : 0x88a8);
                if (pools.chance(20)) {
                    tag(0x8100);
                }
            }
        }
    }

    private void tag(int type) {
        shorts(type, pools.vlan() | pools.below(8) << 13 | (pools.chance(10) ? 0x1000 : 0));
    }

    private void mpls() {
        shorts(pools.chance(80) ? 0x8847 : 0x8848);
        int labels = 1 + pools.below(4);
        for (int i = 1; i <= labels; i++) {
            int bottom = i == labels && !pools.chance(5) ? 0x100 : 0;
            // An entry of nothing but zeros is none to Open vSwitch when it counts them.
            int ttl = pools.ttl() | (bottom == 0 ? 1 : 0);
            f.putInt(pools.label() << 12 | pools.below(8) << 9 | bottom | ttl);
        }
        if (pools.chance(70)) {
            ipv4();
        } else if (pools.chance(50)) {
            ipv6();
        } else {
            payload();
        }
    }

    private void network(boolean snap) {
        int kind = pools.below(20);
        int type = kind < 8 ? 0x0800 : kind < 14 ? 0x86dd : kind < 17 ? 0x0806 : other();
        if (type == 0) { // 802.2 without SNAP
            shorts(20);
            bytes(0x42, 0x42, 3);
            payload();
            return;
        }
        if (snap) {
            shorts(pools.oneOf(40, 100, 1500));
            bytes(0xaa, 0xaa, 3);
            bytes(0, 0, pools.chance(90) ? 0 : 1);
        }
        shorts(type);
        switch (type) {
            case 0x0800 -> ipv4();
            case 0x86dd -> ipv6();
            case 0x0806, 0x8035 -> arp();
            case FlowKey.ETH_TYPE_NSH -> networkService();
            default -> payload();
        }
    }

    private int other() {
        return pools.oneOf(0, 0x8035, 0x88cc, 0x05ff, 0x0600, 0x894f, 0x894f, 0x8100, 0xffff);
    }

    private void networkService() {
        int metadata = pools.oneOf(1, 1, 1, 2, 3);
        // Into a header whose length is wrong Open vSwitch writes what it finds in its memory.
        int words = metadata == 1 ? 6 : 2;
        shorts(pools.below(4) << 12 | pools.below(64) << 6 | words);
        bytes(metadata, pools.oneOf(1, 2, 3));
        f.putInt(pools.below(5) << 8 | 255 - pools.below(3));
        if (metadata == 1) {
            f.putInt(pools.below(3)).putInt(1).putInt(2).putInt(pools.below(3));
        }
        payload();
    }

    private void arp() {
        shorts(pools.chance(95) ? 1 : 6, 0x0800);
        bytes(6, 4);
        shorts(pools.chance(95) ? 1 + pools.below(4) : 0x101);
        f.put(pools.mac()).putInt(pools.ipv4()).put(pools.mac()).putInt(pools.ipv4());
    }

    private void ipv4() {
        int start = f.position();
        int options = pools.chance(12) ? pools.below(5) : 0;
        int fragment = pools.chance(12) ? pools.oneOf(0x2000, 0x2001, 185, 0x4000) : 0;
        // In a later fragment Open vSwitch changes what would be the checksum, were it the first.
        int protocol = (fragment & 0x1fff) != 0 ? 0xfd : protocol(1);
        bytes(0x45 + options, pools.tos());
        shorts(0, pools.below(0x10000), fragment);
        bytes(pools.ttl(), protocol);
        shorts(0);
        f.putInt(pools.ipv4()).putInt(pools.ipv4());
        for (int i = 0; i < options; i++) {
            f.putInt(0x01010101);
        }
        int payload = f.position();
        transport(protocol);
        int total = f.position() - start + (pools.chance(3) ? pools.below(9) - 4 : 0);
        f.putShort(start + 2, (short) total);
        f.putShort(start + 10, (short) Sums.of(f.array(), start, payload, 0));
        Sums.fill(f.array(), payload, f.position(), protocol, start + 12, start + 20);
        spoil(payload);
    }

    private void ipv6() {
        int start = f.position();
        f.putInt(6 << 28 | pools.tos() << 20 | (pools.chance(30) ? pools.below(1 << 20) : 0));
        shorts(0);
        int nextHeader = f.position();
        bytes(0, pools.ttl());
        f.put(pools.ipv6()).put(pools.ipv6());
        while (pools.chance(18)) {
            nextHeader = extension(nextHeader);
        }
        int protocol = protocol(58);
        f.put(nextHeader, (byte) protocol);
        int payload = f.position();
        transport(protocol);
        int length = f.position() - start - 40 + (pools.chance(3) ? pools.below(9) - 4 : 0);
        f.putShort(start + 4, (short) length);
        Sums.fill(f.array(), payload, f.position(), protocol, start + 8, start + 40);
        spoil(payload);
    }

    // Returns where the next header's number goes.
    private int extension(int nextHeader) {
        int kind = pools.oneOf(0, 43, 60, 51, 44, 44);
        f.put(nextHeader, (byte) kind);
        int at = f.position();
        switch (kind) {
            case 44 -> {
                bytes(0, 0);
                // Never the only fragment: Open vSwitch leaves its checksum wrong when it changes
                // an
                // address.
                shorts(pools.oneOf(1, 8, 9, 0x5c8));
                f.putInt(7);
            }
            case 51 -> {
                bytes(0, 4);
                f.put(new byte[22]);
            }
            default -> {
                int size = pools.below(3);
                bytes(0, size);
                f.put(new byte[6 + 8 * size]);
            }
        }
        return at;
    }

    private int protocol(int icmp) {
        int p = pools.below(12);
        return p < 4 ? 6 : p < 7 ? 17 : p < 8 ? 132 : p < 11 ? icmp : pools.oneOf(2, 47, 59, 0xfd);
    }

    private void transport(int protocol) {
        switch (protocol) {
            case 6 -> {
                shorts(pools.port(), pools.port());
                f.putLong(pools.bits());
                shorts((pools.chance(95) ? 0x5000 : pools.below(16) << 12) | pools.below(0x1000));
                shorts(8192, 0, 0);
            }
            case 17 -> {
                shorts(pools.port(), pools.port(), 8, pools.chance(80) ? 1 : 0);
            }
            case 132 -> {
                shorts(pools.port(), pools.port());
                f.putLong(pools.bits());
            }
            case 1 -> {
                bytes(pools.oneOf(0, 3, 8, 11), pools.below(2));
                shorts(0, 1, 2);
            }
            case 58 -> icmpv6();
            default -> {}
        }
        payload();
    }

    private void icmpv6() {
        int type = pools.oneOf(128, 129, 1, 135, 135, 136, 136);
        bytes(type, pools.chance(95) ? 0 : 1);
        shorts(0);
        f.putInt(pools.chance(70) ? 0 : 1 + pools.below(7) << 29);
        if (type >= 135) {
            f.put(pools.ipv6());
            while (pools.chance(60)) {
                bytes(
                        pools.chance(90) ? 1 + pools.below(2) : 14,
                        pools.chance(92) ? 1 : pools.below(3));
                f.put(pools.mac());
            }
        }
    }

    // What an attacker or a broken card sends: a wrong checksum stays wrong by the same difference.
    private void spoil(int payload) {
        if (pools.chance(5) && f.position() > payload + 18) {
            f.array()[payload + 17] ^= 0x55;
        }
    }

    private void payload() {
        int n = pools.chance(50) ? pools.below(4) : pools.below(60);
        for (int i = 0; i < n && f.remaining() > 0; i++) {
            f.put((byte) pools.bits());
        }
    }

    private void bytes(int... values) {
        for (int v : values) {
            f.put((byte) v);
        }
    }

    private void shorts(int... values) {
        for (int v : values) {
            f.putShort((short) v);
        }
    }
}
