package org.skyway.vswitch.bridge;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.skyway.vswitch.bond.BondSettings;
import org.skyway.vswitch.bond.Bonds;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.NormalConfig;
import org.skyway.vswitch.tables.Policing;
import org.skyway.vswitch.tables.PortQos;
import org.skyway.vswitch.tables.Tables;

/// What a database wants of a bridge's ports, beside that they are there: what NORMAL, mirrors and
/// bonds do with them, and how much may come from them or be sent to them. Ofproto thread.
public final class PortSettings {
    private final Bridge bridge;
    private final Tables tables;
    private final Detection detector;
    private final BondedPorts bonded;
    private final PolicedPorts policed = new PolicedPorts();
    private final LimitedPorts limited = new LimitedPorts();

    PortSettings(Bridge bridge, Tables tables, Detection detector, BondedPorts bonded) {
        this.bridge = bridge;
        this.tables = tables;
        this.detector = detector;
        this.bonded = bonded;
    }

    /// Has NORMAL forward nothing before [#normal] says how it is set up: ports that were there in
    /// the switch before are there at once. Before [Bridge#start].
    public void closeNormal() {
        tables.normal(NormalConfig.CLOSED);
    }

    /// Sets up NORMAL and mirrors, ports that are added later included. Ports whose packets are
    /// copied have no bypass.
    ///
    /// @param wanted how, but for bonds
    /// @param bonds which ports are one to it
    /// @return whether that is a change, which is effective when the bridge has settled
    public boolean normal(NormalConfig wanted, Collection<BondSettings> bonds) {
        NormalConfig now = bonded.with(bonds, wanted);
        if (now.equals(tables.normal())) {
            return false;
        }
        tables.normal(now);
        hold();
        return true;
    }

    /// Its bonds.
    ///
    /// @return all of them
    public Bonds bonds() {
        return bonded.all();
    }

    /// Has NORMAL go by what has become of its bonds.
    public void bondsChanged() {
        bonded.look();
        bridge.settle();
    }

    /// A port that stands for a place where addresses are known.
    ///
    /// @param place a port's number, or the id of a bond
    /// @return the number; of a bond, that of a member
    public int portAt(int place) {
        Bond bond = tables.normal().bonds().get(place);
        return bond == null ? place : bond.members().getFirst();
    }

    /// Says how much may come from ports. They have no bypass while there is a limit.
    ///
    /// @param limits by name; the others have none
    /// @return whether that is a change, which is effective when the bridge has settled
    public boolean police(Map<String, Policing> limits) {
        if (!policed.police(limits, bridge.ports().all())) {
            return false;
        }
        hold();
        return true;
    }

    /// Says how much may be sent to ports. They have no bypass while that is said.
    ///
    /// @param qos by name; the others have no limit
    /// @return whether that is a change, which is effective when the bridge has settled
    public boolean limit(Map<String, PortQos> qos) {
        if (!limited.limit(qos, bridge.ports().all())) {
            return false;
        }
        tables.qos(limited.all());
        hold();
        return true;
    }

    private void hold() {
        Map<Integer, String> why = new HashMap<>(policed.why(bridge.ports().all()));
        why.putAll(limited.why());
        why.putAll(tables.normal().mirrored());
        detector.hold(why);
        bridge.changed();
        bridge.settle();
    }
}
