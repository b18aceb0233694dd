package org.skyway.vswitch.ofproto;

import java.util.Collection;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.message.MeterMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.MeterState;
import org.skyway.vswitch.tables.Tables;

/// The meter table. Ofproto thread only.
final class MeterTable {
    /// How many meters and bands there may be, as in Open vSwitch's user space datapath.
    static final int MAX_METERS = 1 << 18;

    static final int MAX_BANDS = 8;
    static final int CAPABILITIES = 0x0f; // kb/s, packets/s, burst, statistics
    private static final int UNITS = 0x03; // kb/s or packets/s
    private static final int DROP = 1;
    private static final int DSCP_REMARK = 2;

    /// OFPM_SLOWPATH and OFPM_CONTROLLER: meters for packets on their way to the controllers.
    private static final int SLOWPATH = 0xfffffffd;

    private static final int CONTROLLER = 0xfffffffe;

    private static final int ADD = 0;
    private static final int MODIFY = 1;

    private final OfSwitch bridge;
    private final Tables tables;

    MeterTable(OfSwitch bridge, Tables tables) {
        this.bridge = bridge;
        this.tables = tables;
    }

    boolean has(int id) {
        return find(id) != null;
    }

    MeterState find(int id) {
        return tables.meter(id);
    }

    Collection<MeterState> all() {
        return tables.meters().values();
    }

    /// Does a meter-mod whole, or throws and has changed nothing.
    ///
    /// @throws OpenFlowException if it is refused
    void apply(MeterMod m, FlowModder.Requester requester) {
        Meter meter = m.meter();
        if (m.command() == ADD || m.command() == MODIFY) {
            check(m);
            checkDatapath(meter);
            MeterState old = find(meter.id());
            restore(withBursts(meter), old == null ? bridge.now() : old.createdNanos());
        } else {
            delete(meter.id(), requester);
        }
    }

    /// Puts in a meter that a copy of the tables has.
    void restore(Meter meter) {
        restore(meter, bridge.now());
    }

    /// Puts in a meter that was made before.
    ///
    /// @return the meter at work
    MeterState restore(Meter meter, long created) {
        MeterState now = bridge.forwarding().newMeter(meter, created);
        put(meter.id(), now);
        return now;
    }

    private void put(int id, MeterState now) {
        tables.meter(id, now);
        bridge.forwarding().meterChanged(id, now);
    }

    private void check(MeterMod m) {
        Meter meter = m.meter();
        int id = meter.id();
        boolean virtual = id == SLOWPATH || id == CONTROLLER;
        if (id == 0 || Integer.compareUnsigned(id, Meter.MAX) > 0 && !virtual) {
            throw refused(ErrorCode.OFPMMFC_INVALID_METER, id);
        }
        if (meter.bands().size() > MAX_BANDS) {
            throw refused(ErrorCode.OFPMMFC_OUT_OF_BANDS, id);
        }
        if (m.command() == ADD && has(id)) {
            throw refused(ErrorCode.OFPMMFC_METER_EXISTS, id);
        }
        if (m.command() == ADD && all().size() >= MAX_METERS) {
            throw refused(ErrorCode.OFPMMFC_OUT_OF_METERS, id);
        }
        if (m.command() == MODIFY && !has(id)) {
            throw refused(ErrorCode.OFPMMFC_UNKNOWN_METER, id);
        }
    }

    /// Which types of bands there are. Open vSwitch's user space datapath has one.
    ///
    /// @return a bitmap by type
    int bandTypes() {
        return 1 << DROP | (bridge.config().beyondOvs() ? 1 << DSCP_REMARK : 0);
    }

    /// What the datapath can't do is looked at last.
    private void checkDatapath(Meter meter) {
        if ((meter.flags() & UNITS) == 0) {
            throw refused(ErrorCode.OFPMMFC_BAD_FLAGS, meter.id());
        }
        if (meter.bands().isEmpty()) {
            throw refused(ErrorCode.OFPMMFC_OUT_OF_BANDS, meter.id());
        }
        if ((meter.flags() & ~CAPABILITIES) != 0) {
            throw refused(ErrorCode.OFPMMFC_BAD_FLAGS, meter.id());
        }
        for (Meter.Band b : meter.bands()) {
            if ((bandTypes() & 1 << b.type()) == 0) {
                throw refused(ErrorCode.OFPMMFC_BAD_BAND, meter.id());
            }
            if (b.rate() == 0) {
                throw refused(ErrorCode.OFPMMFC_BAD_RATE, meter.id());
            }
        }
    }

    /// A band without a burst may burst as much as it may have in a second.
    private static Meter withBursts(Meter m) {
        List<Meter.Band> bands =
                m.bands().stream()
                        .map(b ->
                                b.burstSize() != 0
                                        ? b
                                        : new Meter.Band(
                                                b.type(), b.rate(), b.rate(), b.precedenceLevel()))
                        .toList();
        return new Meter(m.id(), m.flags(), bands);
    }

    private static OpenFlowException refused(ErrorCode error, int id) {
        return new OpenFlowException(error, "meter %d".formatted(id & 0xffffffffL));
    }

    /// Deletes all meters, for the switch's own reasons.
    void deleteAll() {
        delete(Meter.ALL, FlowModder.Requester.SWITCH);
    }

    private void delete(int id, FlowModder.Requester requester) {
        if (id == Meter.ALL) {
            for (Integer each : tables.meters().keySet()) {
                deleteOne(each, requester);
            }
        } else {
            deleteOne(id, requester);
        }
    }

    private void deleteOne(int id, FlowModder.Requester requester) {
        if (!has(id)) {
            return;
        }
        put(id, null);
        for (FlowEntry e : bridge.users().ofMeter(id)) {
            bridge.flows().remove(e, FlowModder.REASON_METER_DELETE, requester);
        }
    }
}
