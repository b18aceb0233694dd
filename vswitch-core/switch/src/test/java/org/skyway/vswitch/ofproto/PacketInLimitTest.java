package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;

class PacketInLimitTest {
    private static final long MILLI = 1_000_000;

    private static PacketIn packet(int port, int number) {
        return packet(port, number, AsyncDefaults.ACTION);
    }

    private static PacketIn packet(int port, int number, int reason) {
        Match metadata = Match.builder().exact(Field.IN_PORT, port).build();
        return new PacketIn(
                Bytes.EMPTY,
                number,
                -1,
                reason,
                0,
                0,
                metadata,
                Bytes.EMPTY,
                0,
                PacketIn.Format.STANDARD);
    }

    private static List<Integer> sent(PacketInLimit limit, long now) {
        List<Integer> all = new ArrayList<>();
        for (PacketIn m = limit.next(now); m != null; m = limit.next(now)) {
            all.add(m.totalLength());
        }
        return all;
    }

    private static String told(PacketInLimit limit) {
        Map<String, String> all = new HashMap<>();
        limit.tell("x", all);
        return String.join(
                " ",
                all.get("packet-in-x-bypassed"),
                all.get("packet-in-x-queued"),
                all.get("packet-in-x-dropped"),
                all.get("packet-in-x-backlog"));
    }

    @Test
    void portsHaveTheirTurnsAndTheLongestQueueLosesItsOldest() {
        PacketInLimit limit = new PacketInLimit(100, 4, 0);
        for (int i = 0; i < 4; i++) {
            assertTrue(limit.admits(1, packet(1, i), 0));
        }
        assertFalse(limit.admits(1, packet(1, 10), 0));
        assertFalse(limit.admits(1, packet(1, 11), 0));
        assertFalse(limit.admits(2, packet(2, 20), 0));
        assertFalse(limit.admits(3, packet(3, 30), 0));
        assertEquals(List.of(), sent(limit, 9 * MILLI));
        assertFalse(limit.admits(2, packet(2, 21), 9 * MILLI)); // 10 is dropped
        assertEquals("4 5 1 4", told(limit));
        assertEquals(List.of(11), sent(limit, 10 * MILLI));
        assertEquals(List.of(20, 30), sent(limit, 30 * MILLI));
        assertFalse(limit.admits(1, packet(1, 12), 30 * MILLI));
        assertEquals(List.of(21, 12), sent(limit, 900 * MILLI));
        assertTrue(limit.admits(1, packet(1, 13), 900 * MILLI)); // of the burst that has come since
        assertEquals("5 6 1 0", told(limit));
    }

    @Test
    void noMoreLeaveThanTheRateAllowsAndNoneIsLostUncounted() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("PacketInLimitTest: -Dskyway.seed=" + seed);
        Random r = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int rate = 1 + r.nextInt(5000);
            int burst = 1 + r.nextInt(50);
            long now = r.nextLong();
            long begin = now;
            PacketInLimit limit = new PacketInLimit(rate, burst, now);
            long offered = 0;
            long left = 0;
            for (int step = 0; step < 300; step++) {
                now += r.nextLong(20 * MILLI);
                for (int i = r.nextInt(20); i > 0; i--) {
                    offered++;
                    left += limit.admits(r.nextInt(4), packet(1, 0), now) ? 1 : 0;
                }
                left += sent(limit, now).size();
                long most = burst + (now - begin) / 1000 * rate / 1_000_000 + 1;
                assertTrue(left <= most, left + " of " + most);
                Map<String, String> all = new HashMap<>();
                limit.tell("x", all);
                long dropped = Long.parseLong(all.get("packet-in-x-dropped"));
                long backlog = Long.parseLong(all.get("packet-in-x-backlog"));
                assertEquals(offered, left + dropped + backlog);
                assertTrue(backlog <= burst);
            }
        }
    }

    @Test
    void missesAndOthersHaveLimitsOfTheirOwnAndUnreadOnesAreBounded() {
        List<Integer> sent = new ArrayList<>();
        List<Runnable> left = new ArrayList<>();
        PacketInGate gate =
                new PacketInGate(
                        (m, done) -> {
                            sent.add(m.totalLength());
                            left.add(done);
                        },
                        () -> {});
        gate.limit(new ControllerSettings(5, 8, 100, 1, 3, true), 0);
        assertFalse(gate.offer(packet(1, 1), 0));
        assertFalse(gate.offer(packet(1, 2, AsyncDefaults.NO_MATCH), 0));
        assertTrue(gate.offer(packet(1, 3), 0));
        assertEquals(List.of(1, 2), sent);
        assertFalse(gate.drain(10 * MILLI));
        assertEquals(List.of(1, 2, 3), sent);
        assertFalse(gate.offer(packet(1, 4), 20 * MILLI)); // three are unread
        assertEquals(List.of(1, 2, 3), sent);
        left.forEach(Runnable::run);
        assertTrue(gate.offer(packet(1, 5), 20 * MILLI));
        gate.limit(new ControllerSettings(5, 8), 20 * MILLI); // no limit: what waited is gone
        assertFalse(gate.drain(1000 * MILLI));
        assertEquals(List.of(1, 2, 3), sent);
        assertFalse(gate.offer(packet(1, 6), 1000 * MILLI));
        assertEquals(List.of(1, 2, 3, 6), sent);
        assertEquals(Map.of(), gate.told());
    }
}
