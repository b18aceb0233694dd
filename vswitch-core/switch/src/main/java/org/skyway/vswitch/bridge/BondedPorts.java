package org.skyway.vswitch.bridge;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.bond.Announcement;
import org.skyway.vswitch.bond.BondSettings;
import org.skyway.vswitch.bond.Bonds;
import org.skyway.vswitch.bond.LiveBond;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.MacTable;
import org.skyway.vswitch.tables.NormalConfig;
import org.skyway.vswitch.tables.PortVlans;
import org.skyway.vswitch.tables.Tables;

/// The bonds of a bridge as NORMAL goes by them. When another member of one is active than before,
/// it tells the other side which addresses are to be found here, a few at a time. The ofproto
/// thread only.
final class BondedPorts {
    private static final int MOST_AT_A_TIME = 256;

    /// An address that a bond is to announce.
    private record Due(int bond, long mac, int vlan) {}

    private final Bridge bridge;
    private final Tables tables;
    private final Bonds bonds;
    private final Queue<Due> due = new ArrayDeque<>();

    BondedPorts(Bridge bridge, Tables tables) {
        this.bridge = bridge;
        this.tables = tables;
        bonds = new Bonds(() -> bridge.forwarding().newCounters());
    }

    Bonds all() {
        return bonds;
    }

    /// Has them be what somebody wants.
    ///
    /// @param now how NORMAL is set up otherwise
    /// @return how with them
    NormalConfig with(Collection<BondSettings> wanted, NormalConfig now) {
        bonds.configure(wanted, tables.ports(), System.nanoTime());
        return now.with(bonds.seen());
    }

    /// Looks at them, and notes for the tables what is otherwise now.
    ///
    /// @return whether anything is
    boolean look() {
        if (bonds.isEmpty() || !bonds.look(tables.ports(), System.nanoTime())) {
            return false;
        }
        tables.normal(tables.normal().with(bonds.seen()));
        bridge.changed();
        return true;
    }

    /// Does what is due.
    ///
    /// @return whether there is more
    boolean tick() {
        if (bonds.isEmpty()) {
            due.clear();
            return false;
        }
        // Sooner than a bridge without bonds does: what is on its way is lost meanwhile.
        bridge.lookAtInterfaces();
        if (look()) {
            bridge.settle();
        }
        for (LiveBond bond : bonds.all()) {
            if (bond.takeAnnouncement()) {
                announce(bond.settings().id());
            }
        }
        for (int i = 0; i < MOST_AT_A_TIME && !due.isEmpty(); i++) {
            send(due.remove());
        }
        return !due.isEmpty();
    }

    // Only what the other side can reach by the bond, with the tag that it would have: Open vSwitch
    // announces addresses of VLANs that the bond has no part in, too.
    private void announce(int bond) {
        due.removeIf(d -> d.bond == bond);
        PortVlans vlans = tables.normal().port(bond);
        for (MacTable.Known known : tables.macs().known(System.nanoTime())) {
            if (known.port() != bond && vlans.carries(known.vlan(), 0)) {
                due.add(new Due(bond, known.mac(), known.vlan()));
            }
        }
    }

    private void send(Due announced) {
        NormalConfig normal = tables.normal();
        Bond bond = normal.bonds().get(announced.bond);
        if (bond == null) {
            return;
        }
        int tag = normal.port(bond.id()).outerTag(announced.vlan);
        int member = bond.sender(announced.mac, tag);
        if (member == 0) {
            return;
        }
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, OfPort.ANY);
        long[] all = new long[FlowKey.WORDS];
        Arrays.fill(all, -1);
        Runnable sending =
                bridge.forwarding()
                        .packetOut(
                                Announcement.of(announced.mac, tag),
                                Match.of(key, all),
                                List.of(new Action.Output(member, 0)));
        if (sending != null) {
            sending.run();
        }
    }
}
