package org.skyway.vswitch.dropin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.skyway.unixctl.Command;
import org.skyway.unixctl.UnixctlException;
import org.skyway.vswitch.bond.BondSettings;
import org.skyway.vswitch.bond.LiveBond;
import org.skyway.vswitch.bridge.Bridge;
import org.skyway.vswitch.tables.BondBuckets;

/// What `ovs-appctl` may ask of bonds, in the words of Open vSwitch (`bond.c`). Any thread.
final class AppctlBonds {
    private final Bridges bridges;

    AppctlBonds(Bridges bridges) {
        this.bridges = bridges;
    }

    void addTo(List<Command> all) {
        all.add(new Command("bond/list", "", 0, 0, _ -> list()));
        all.add(new Command("bond/show", "[port]", 0, 1, this::show));
        all.add(Appctl.now("bond/hash", "mac [vlan] [basis]", 1, 3, AppctlBonds::hash));
        all.add(onBond("bond/migrate", "port hash member", 3, AppctlBonds::migrate));
        onMember(all, "bond/set-active-%s", AppctlBonds::activate);
        onMember(all, "bond/enable-%s", (b, m) -> enable(b, m, true));
        onMember(all, "bond/disable-%s", (b, m) -> enable(b, m, false));
    }

    private interface OnBond {
        String run(LiveBond bond, List<String> arguments);
    }

    private interface OnMember {
        String run(LiveBond bond, LiveBond.Member member);
    }

    private Command onBond(String name, String usage, int arguments, OnBond work) {
        return new Command(
                name, usage, arguments, arguments, a -> onBond(a.getFirst(), b -> work.run(b, a)));
    }

    // By the names that members had before, too, which are not listed.
    private void onMember(List<Command> all, String name, OnMember work) {
        OnBond onBond = (bond, a) -> work.run(bond, member(bond, a.get(1)));
        all.add(onBond(name.formatted("member"), "port member", 2, onBond));
        all.add(onBond(name.formatted("slave"), Command.UNLISTED, 2, onBond));
    }

    private interface Work {
        String run(LiveBond bond);
    }

    private CompletionStage<String> onBond(String name, Work work) {
        return Appctl.onAll(
                        bridges.all(),
                        slot -> {
                            Bridge bridge = slot.running().bridge();
                            LiveBond bond = bridge.portSettings().bonds().named(name);
                            String said = bond == null ? "" : work.run(bond);
                            bridge.portSettings().bondsChanged();
                            return said;
                        })
                .thenApply(said -> {
                    if (said.isEmpty()) {
                        throw new UnixctlException("no such bond");
                    }
                    return said;
                });
    }

    private static LiveBond.Member member(LiveBond bond, String name) {
        return bond.members(System.nanoTime()).stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnixctlException("no such member"));
    }

    private static String activate(LiveBond bond, LiveBond.Member member) {
        if (!member.enabled()) {
            throw new UnixctlException("cannot make disabled member active");
        }
        return bond.activate(member.name(), System.nanoTime()) ? "done\n" : "no change\n";
    }

    private static String enable(LiveBond bond, LiveBond.Member member, boolean now) {
        bond.enable(member.name(), now);
        return now ? "enabled\n" : "disabled\n";
    }

    private static String migrate(LiveBond bond, List<String> arguments) {
        if (!bond.settings().balanced()) {
            throw new UnixctlException("not an SLB bond");
        }
        String hash = arguments.get(1);
        if (!hash.matches("[0-9]{1,9}")) {
            throw new UnixctlException("bad hash");
        }
        LiveBond.Member member = member(bond, arguments.get(2));
        if (!member.enabled()) {
            throw new UnixctlException("cannot migrate to disabled member");
        }
        bond.migrate(Integer.parseInt(hash) % BondBuckets.COUNT, member.name());
        return "migrated\n";
    }

    private static String hash(List<String> arguments) {
        String mac = arguments.getFirst();
        long vlan = arguments.size() > 1 ? number(arguments.get(1), "vlan") : 0;
        long basis = arguments.size() > 2 ? number(arguments.get(2), "basis") : 0;
        if (!mac.matches("[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}")) {
            throw new UnixctlException("invalid mac");
        }
        long bits = 0;
        for (String octet : mac.split(":")) {
            bits = bits << 8 | Integer.parseInt(octet, 16);
        }
        return BondBuckets.of(bits, (int) vlan & 0xffff, (int) basis) + "\n";
    }

    private static long number(String text, String what) {
        if (!text.matches("[0-9]{1,10}")) {
            throw new UnixctlException("invalid " + what);
        }
        return Long.parseLong(text);
    }

    private CompletionStage<String> list() {
        return Appctl.onAll(
                        bridges.all(),
                        slot ->
                                slot.running().bridge().portSettings().bonds().all().stream()
                                        .map(AppctlBonds::line)
                                        .collect(Collectors.joining()))
                .thenApply("bond\ttype\trecircID\tmembers\n"::concat);
    }

    private static String line(LiveBond bond) {
        String members =
                bond.members(System.nanoTime()).stream()
                        .map(LiveBond.Member::name)
                        .collect(Collectors.joining(", "));
        BondSettings s = bond.settings();
        return "%s\t%s\t0\t%s\n".formatted(s.name(), s.mode(), members);
    }

    private CompletionStage<String> show(List<String> arguments) {
        if (!arguments.isEmpty()) {
            return onBond(arguments.getFirst(), AppctlBonds::details);
        }
        return Appctl.onAll(
                bridges.all(),
                slot ->
                        slot.running().bridge().portSettings().bonds().all().stream()
                                .map(AppctlBonds::details)
                                .collect(Collectors.joining()));
    }

    private static String details(LiveBond bond) {
        BondSettings s = bond.settings();
        long now = System.nanoTime();
        StringBuilder b = new StringBuilder("---- %s ----\n".formatted(s.name()));
        b.append("bond_mode: %s\n".formatted(s.mode()));
        b.append("bond may use recirculation: no, Recirc-ID : -1\n");
        b.append("bond-hash-basis: %d\n".formatted(Integer.toUnsignedLong(s.basis())));
        b.append("lb_output action: disabled, bond-id: -1\n");
        if (s.balanced()) {
            b.append("all members active: %b\n".formatted(s.takesGroups()));
        }
        b.append("updelay: %d ms\n".formatted(s.upMillis()));
        b.append("downdelay: %d ms\n".formatted(s.downMillis()));
        if (s.isRebalanced()) {
            b.append("next rebalance: %d ms\n".formatted(bond.untilRebalance(now)));
        }
        b.append("lacp_status: off\nlacp_fallback_ab: false\n");
        b.append("active-backup primary: %s\n".formatted(primary(s)));
        String active =
                bond.members(now).stream()
                        .filter(m -> m.mac() == bond.activeMac() && m.mac() != 0)
                        .map(LiveBond.Member::name)
                        .findFirst()
                        .orElse("none");
        b.append(
                "active member mac: %s(%s)\n"
                        .formatted(StatusColumns.mac(bond.activeMac()), active));
        bond.members(now).forEach(m -> b.append(details(m)));
        return b.append('\n').toString();
    }

    private static String primary(BondSettings s) {
        return s.primary().isEmpty() || s.balanced() ? "<none>" : s.primary();
    }

    private static String details(LiveBond.Member m) {
        StringBuilder b = new StringBuilder();
        b.append("\nmember %s: %s\n".formatted(m.name(), m.enabled() ? "enabled" : "disabled"));
        if (m.active()) {
            b.append("  active member\n");
        }
        if (m.waitMillis() != null) {
            String delay = m.enabled() ? "downdelay" : "updelay";
            b.append("  %s expires in %d ms\n".formatted(delay, m.waitMillis()));
        }
        b.append("  may_enable: %b\n".formatted(m.up()));
        m.loads().forEach((hash, kB) -> b.append("  hash %d: %d kB load\n".formatted(hash, kB)));
        return b.toString();
    }
}
