package org.skyway.vswitch.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.BondBuckets;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.NormalConfig;
import org.skyway.vswitch.tables.Tables;

/// NORMAL with bonds, against a learning switch whose ports are places.
class BondPropertyTest {
    private static final int PORTS = 6;
    private static final long BROADCAST = 0xffffffffffffL;
    private static final long SECOND = 1_000_000_000L;

    private final long seed = Long.getLong("skyway.seed", System.nanoTime());
    private final Random random = new Random(seed);

    // The model.
    private final Map<Integer, Bond> bonds = new TreeMap<>(); // by member
    private final Map<Long, Integer> known = new HashMap<>(); // places by address
    private final Map<Long, Long> held = new HashMap<>(); // until when, by address
    private final Map<Integer, Integer> parts = new HashMap<>(); // members by id of bond and part
    private long now = SECOND;

    private final Tables tables = new Tables();

    private int place(int port) {
        return bonds.containsKey(port) ? bonds.get(port).id() : port;
    }

    private void makeBonds() {
        bonds.clear();
        known.clear();
        held.clear();
        parts.clear();
        List<Integer> free = new ArrayList<>();
        for (int port = 1; port <= PORTS; port++) {
            free.add(port);
        }
        int number = random.nextInt(3);
        for (int b = 0; b < number; b++) {
            List<Integer> members = new ArrayList<>();
            for (int n = random.nextInt(2, 4); n > 0; n--) {
                members.add(free.remove(random.nextInt(free.size())));
            }
            List<Integer> enabled = members.stream().filter(_ -> random.nextInt(4) != 0).toList();
            int active = enabled.isEmpty() ? 0 : enabled.get(random.nextInt(enabled.size()));
            boolean balanced = random.nextBoolean();
            Bond bond =
                    new Bond(
                            Bond.FIRST_ID + random.nextInt(1000) * 2 + b,
                            "b" + b,
                            balanced,
                            random.nextInt(2),
                            random.nextBoolean(),
                            members,
                            enabled,
                            active,
                            balanced ? new BondBuckets(() -> new FlowCounters(1)) : null);
            members.forEach(m -> bonds.put(m, bond));
        }
        tables.normal(NormalConfig.DEFAULT); // all that was known is forgotten
        tables.macs().flush();
        tables.normal(NormalConfig.DEFAULT.with(new HashSet<>(bonds.values())));
        for (int port = 1; port <= PORTS; port++) {
            int config = random.nextInt(8) == 0 ? PortState.NO_FLOOD : 0;
            tables.port(PortState.of(port, "p" + port, port).withConfig(config));
        }
        tables.publish();
    }

    private static long[] key(int port, long from, long to, int tci, int arp, boolean self) {
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, port);
        Field.ETH_SRC.set(key, from);
        Field.ETH_DST.set(key, to);
        Field.VLAN_TCI.set(key, tci);
        Field.ETH_TYPE.set(key, arp == 0 ? 0x88b5 : 0x0806);
        if (arp != 0) {
            Field.ARP_OP.set(key, arp);
            Field.ARP_SPA.set(key, 7);
            Field.ARP_TPA.set(key, self ? 7 : 8);
        }
        return key;
    }

    private Set<Integer> sent(long[] key) {
        DatapathProgram program = new Translation(tables, key, now).run();
        Set<Integer> all = new TreeSet<>();
        for (DatapathAction action : program.actions()) {
            if (action instanceof DatapathAction.Output(int port)) {
                assertTrue(all.add(port), "twice to one port, seed " + seed);
            }
        }
        return all;
    }

    // Where it goes, as places; null if nothing is done with it.
    private Set<Integer> model(int port, long from, long to, int vlan, boolean announces) {
        Bond bond = bonds.get(port);
        long sender = (long) vlan << 48 | from;
        Integer before = known.get(sender);
        boolean isHeld = held.getOrDefault(sender, 0L) > now;
        if (bond != null) {
            boolean group = (to >>> 40 & 1) != 0;
            if (port != bond.active() && (!bond.balanced() || group && !bond.takesGroups())) {
                return Set.of();
            }
            boolean elsewhere = before != null && before != bond.id();
            if (bond.balanced() && elsewhere && (!announces || isHeld)) {
                return Set.of();
            }
        }
        if (!(announces && bond != null && isHeld && before != null)) {
            known.put(sender, place(port));
        }
        if (announces && bond == null && !bonds.isEmpty()) {
            held.put(sender, now + 5 * SECOND);
        }
        Integer there = known.get((long) vlan << 48 | to);
        Set<Integer> all = new TreeSet<>();
        if (there != null) {
            all.add(there);
        } else {
            for (int p = 1; p <= PORTS; p++) {
                all.add(place(p));
            }
            for (PortState p : tables.ports().values()) {
                if ((p.config() & PortState.NO_FLOOD) != 0) {
                    all.remove(place(p.number()));
                }
            }
        }
        all.remove(place(port));
        return all;
    }

    private void check(Set<Integer> places, Set<Integer> sent, long from, int vlan, String where) {
        Set<Integer> left = new TreeSet<>();
        for (int port : sent) {
            left.add(place(port));
            Bond bond = bonds.get(port);
            if (bond != null && bond.balanced()) {
                int part = bond.id() << 8 | BondBuckets.of(from, vlan, bond.basis());
                assertEquals(parts.computeIfAbsent(part, _ -> port), port, where);
                assertTrue(bond.enabled().contains(port), where);
            } else if (bond != null) {
                assertEquals(bond.active(), port, where);
            }
        }
        Set<Integer> expected = new TreeSet<>(places);
        for (Bond bond : bonds.values()) {
            if (bond.balanced() ? bond.enabled().isEmpty() : bond.active() == 0) {
                expected.remove(bond.id());
            }
        }
        assertEquals(expected, left, where);
        assertEquals(left.size(), sent.size(), where);
    }

    @Test
    void framesGoWhereALearningSwitchOfPlacesSendsThem() {
        tables.put(new FlowEntry(FlowText.parse("actions=NORMAL"), 0, 0, new FlowCounters(1)));
        for (int run = 0; run < 300; run++) {
            makeBonds();
            for (int i = 0; i < 60; i++) {
                now += random.nextInt(3) * SECOND;
                int port = random.nextInt(1, PORTS + 1);
                long from = 0x020000000000L + random.nextInt(5);
                boolean group = random.nextInt(3) == 0;
                int arp = random.nextInt(3) == 0 ? random.nextInt(1, 4) : 0;
                long to =
                        group || arp != 0 && random.nextInt(4) != 0
                                ? BROADCAST
                                : 0x020000000000L + random.nextInt(5);
                int vlan = random.nextInt(3) == 0 ? 10 : 0;
                boolean self = random.nextBoolean();
                boolean announces = to == BROADCAST && (arp == 2 || arp == 1 && self);
                String where =
                        "seed %d, run %d, frame %d at port %d, bonds %s"
                                .formatted(seed, run, i, port, bonds);
                Set<Integer> places = model(port, from, to, vlan, announces);
                int tci = vlan == 0 ? 0 : 0x1000 | vlan;
                check(places, sent(key(port, from, to, tci, arp, self)), from, vlan, where);
            }
        }
    }
}
