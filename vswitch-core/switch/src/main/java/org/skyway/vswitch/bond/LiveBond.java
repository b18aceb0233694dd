package org.skyway.vswitch.bond;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.BondBuckets;
import org.skyway.vswitch.tables.FlowCounters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bond at work. The ofproto thread only.
public final class LiveBond {
    private static final Logger LOG = LoggerFactory.getLogger(LiveBond.class);

    private final Supplier<FlowCounters> counters;
    private final Map<Integer, BondMember> members = new TreeMap<>(Integer::compareUnsigned);
    private final List<Integer> enabled = new ArrayList<>(); // the longest enabled first
    private BondSettings settings;
    private BondMember active;
    private long activeMac;
    private boolean announces; // whether addresses are to be told to the other side
    private BondBuckets buckets; // null if not balanced
    private final long[] bytes = new long[BondBuckets.COUNT]; // lately, by part
    private final long[] counted = new long[BondBuckets.COUNT];
    private long nextNanos; // when parts are shared anew

    LiveBond(BondSettings settings, Supplier<FlowCounters> counters, long nowNanos) {
        this.counters = counters;
        this.settings = settings;
        activeMac = settings.lastActive();
        join(settings);
        share(nowNanos);
    }

    /// What it is to be.
    ///
    /// @return as it was told last
    public BondSettings settings() {
        return settings;
    }

    // ---- what changes it

    void configure(BondSettings now, long nowNanos) {
        BondSettings before = settings;
        settings = now;
        for (BondMember m : List.copyOf(members.values())) {
            if (!m.name().equals(now.members().get(m.number()))) {
                note(m, m.lose());
                members.remove(m.number());
                if (m == active) {
                    active = null;
                }
            }
        }
        join(now);
        if (before.balanced() != now.balanced()
                || before.basis() != now.basis()
                || before.rebalanceMillis() != now.rebalanceMillis()) {
            share(nowNanos);
        }
    }

    private void join(BondSettings now) {
        now.members()
                .forEach((number, name) ->
                        members.computeIfAbsent(number, n -> new BondMember(n, name)));
    }

    private void share(long nowNanos) {
        buckets =
                settings.balanced()
                        ? new BondBuckets(settings.isRebalanced() ? counters : null)
                        : null;
        Arrays.fill(bytes, 0);
        Arrays.fill(counted, 0);
        nextNanos = nowNanos + settings.rebalanceMillis() * 1_000_000L;
    }

    /// Looks at the members' links, and at clocks.
    ///
    /// @param ports those that there are, by number
    void look(Map<Integer, PortState> ports, long nowNanos) {
        for (BondMember m : members.values()) {
            PortState port = ports.get(m.number());
            boolean news =
                    port == null ? m.lose() : m.look(port.isUp(), port.mac(), settings, nowNanos);
            note(m, news);
        }
        BondMember chosen = choose();
        if (chosen != active || chosen != null && !chosen.isEnabled()) {
            activate(chosen, nowNanos);
        }
    }

    private void note(BondMember m, boolean news) {
        if (!news) {
            return;
        }
        LOG.info("bond {}: interface {}: {}", name(), m.name(), state(m));
        enabled.remove((Integer) m.number());
        if (m.isEnabled()) {
            enabled.add(m.number());
        }
    }

    private static String state(BondMember m) {
        return m.isEnabled() ? "enabled" : "disabled";
    }

    // The primary one if it may be; else the one that is; else the one that was when the switch
    // before this one ended; else any that may; else the first that waits until it may.
    private BondMember choose() {
        BondMember last = null;
        BondMember any = null;
        BondMember waiting = null;
        for (BondMember m : members.values()) {
            if (m.isEnabled()) {
                if (!settings.balanced() && m.name().equals(settings.primary())) {
                    return m;
                }
                last = m.mac() == activeMac && last == null ? m : last;
                any = any == null ? m : any;
            } else if (m.isUp() && m.isDelayed()) {
                boolean sooner = waiting == null || m.dueNanos() < waiting.dueNanos();
                waiting = sooner ? m : waiting;
            }
        }
        if (active != null && active.isEnabled()) {
            return active;
        }
        return last != null ? last : any != null ? any : waiting;
    }

    private void activate(BondMember chosen, long nowNanos) {
        active = chosen;
        if (chosen == null) {
            LOG.info("bond {}: all interfaces disabled", name());
            return;
        }
        if (chosen.isEnabled()) {
            LOG.info("bond {}: active interface is now {}", name(), chosen.name());
        } else {
            LOG.info(
                    "bond {}: active interface is now {}, {} ms before its time, since no other may send",
                    name(),
                    chosen.name(),
                    (chosen.dueNanos() - nowNanos) / 1_000_000);
            note(chosen, chosen.enable(true));
        }
        activeMac = chosen.mac();
        announces = true;
    }

    /// Has members that have less to send take over from others, if it is time for that.
    ///
    /// @return whether anything has moved
    boolean rebalance(long nowNanos) {
        if (!settings.isRebalanced() || nowNanos - nextNanos < 0) {
            return false;
        }
        nextNanos = nowNanos + settings.rebalanceMillis() * 1_000_000L;
        int[] senders = new int[BondBuckets.COUNT];
        for (int part = 0; part < senders.length; part++) {
            senders[part] = buckets.member(part);
            long now = buckets.counters(part).bytes();
            bytes[part] += now - counted[part];
            counted[part] = now;
        }
        List<Rebalancing.Move> moves = Rebalancing.of(bytes, senders, enabled);
        for (Rebalancing.Move move : moves) {
            LOG.info(
                    "bond {}: shift {} kB of load (with hash {}) from {} to {}",
                    name(),
                    move.bytes() / 1024,
                    move.part(),
                    members.get(move.from()).name(),
                    members.get(move.to()).name());
            buckets.give(move.part(), move.to());
        }
        Rebalancing.age(bytes);
        return !moves.isEmpty();
    }

    // ---- what users ask for

    /// Makes a member the active one, until that may not send any more.
    ///
    /// @param member one of its members, which may send
    /// @param nowNanos [System#nanoTime]
    /// @return whether it was not already
    public boolean activate(String member, long nowNanos) {
        BondMember m = member(member);
        if (m == active) {
            return false;
        }
        activate(m, nowNanos);
        return true;
    }

    /// Lets a member send, or not, until its link changes.
    ///
    /// @param member one of its members
    /// @param now whether it may
    public void enable(String member, boolean now) {
        BondMember m = member(member);
        note(m, m.enable(now));
    }

    /// Has a member send a part of what leaves.
    ///
    /// @param part 0 to 255
    /// @param member one of its members, which may send; the bond is balanced
    public void migrate(int part, String member) {
        buckets.give(part, member(member).number());
    }

    private BondMember member(String name) {
        return members.values().stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    // ---- what it is

    private String name() {
        return settings.name();
    }

    /// How it is for whoever forwards.
    ///
    /// @return as of now
    public Bond seen() {
        return new Bond(
                settings.id(),
                name(),
                settings.balanced(),
                settings.basis(),
                settings.takesGroups(),
                List.copyOf(members.keySet()),
                enabled,
                active == null ? 0 : active.number(),
                buckets);
    }

    /// Whether addresses that are known elsewhere are to be announced by it, because another member
    /// is active now. Once.
    ///
    /// @return true if so
    public boolean takeAnnouncement() {
        boolean due = announces;
        announces = false;
        return due && active != null;
    }

    /// The address of the member that is active, or was last.
    ///
    /// @return 0 if none ever was
    public long activeMac() {
        return activeMac;
    }

    /// Milliseconds until parts are shared anew.
    ///
    /// @param nowNanos [System#nanoTime]
    /// @return may be negative: it is overdue
    public long untilRebalance(long nowNanos) {
        return (nextNanos - nowNanos) / 1_000_000;
    }

    /// A member as users see it.
    ///
    /// @param name its interface's
    /// @param number of its port
    /// @param mac its interface's address
    /// @param enabled whether it may send
    /// @param active whether it is the active one
    /// @param up whether its link is up
    /// @param waitMillis until that has an effect; null if it has, or is to have none
    /// @param loads kB that it has sent lately, by part, where there is one at least
    public record Member(
            String name,
            int number,
            long mac,
            boolean enabled,
            boolean active,
            boolean up,
            Long waitMillis,
            Map<Integer, Long> loads) {}

    /// Its members.
    ///
    /// @param nowNanos [System#nanoTime]
    /// @return by name
    public Collection<Member> members(long nowNanos) {
        Map<String, Member> all = new TreeMap<>();
        for (BondMember m : members.values()) {
            Map<Integer, Long> loads = new TreeMap<>();
            for (int part = 0; part < bytes.length && settings.isRebalanced(); part++) {
                long kilobytes = load(part) / 1024;
                if (buckets.member(part) == m.number() && kilobytes != 0) {
                    loads.put(part, kilobytes);
                }
            }
            Long wait = m.isDelayed() ? (m.dueNanos() - nowNanos) / 1_000_000 : null;
            all.put(
                    m.name(),
                    new Member(
                            m.name(),
                            m.number(),
                            m.mac(),
                            m.isEnabled(),
                            m == active,
                            m.isUp(),
                            wait,
                            loads));
        }
        return all.values();
    }

    private long load(int part) {
        return bytes[part] + buckets.counters(part).bytes() - counted[part];
    }
}
