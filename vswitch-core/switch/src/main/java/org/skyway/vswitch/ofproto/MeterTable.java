package org.skyway.vswitch.ofproto;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.message.MeterMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.vswitch.tables.FlowEntry;

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

    /// A meter and when it was made.
    record Installed(Meter meter, long createdNanos) {}

    private final Map<Integer, Installed> meters = new TreeMap<>(Integer::compareUnsigned);
    private final OfSwitch bridge;

    MeterTable(OfSwitch bridge) {
        this.bridge = bridge;
    }

    boolean has(int id) {
        return meters.containsKey(id);
    }

    Installed find(int id) {
        return meters.get(id);
    }

    Collection<Installed> all() {
        return meters.values();
    }

    /// Does a meter-mod whole, or throws and has changed nothing.
    ///
    /// @throws OpenFlowException if it is refused
    void apply(MeterMod m, FlowModder.Requester requester) {
        Meter meter = m.meter();
        if (m.command() == ADD || m.command() == MODIFY) {
            check(m);
            checkDatapath(meter);
            Installed old = find(meter.id());
            long created = old == null ? bridge.now() : old.createdNanos();
            Meter workable = withBursts(meter);
            meters.put(meter.id(), new Installed(workable, created));
            bridge.forwarding().meterChanged(meter.id(), workable, created);
        } else {
            delete(meter.id(), requester);
        }
    }

    /// Puts in a meter that a copy of the tables has.
    void restore(Meter meter) {
        meters.put(meter.id(), new Installed(meter, bridge.now()));
    }

    /// Puts in a meter that was made before.
    void restore(Meter meter, long created) {
        meters.put(meter.id(), new Installed(meter, created));
        bridge.forwarding().meterChanged(meter.id(), meter, created);
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
        if (m.command() == ADD && meters.size() >= MAX_METERS) {
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
            for (Integer each : List.copyOf(meters.keySet())) {
                deleteOne(each, requester);
            }
        } else {
            deleteOne(id, requester);
        }
    }

    private void deleteOne(int id, FlowModder.Requester requester) {
        if (meters.remove(id) == null) {
            return;
        }
        bridge.forwarding().meterChanged(id, null, 0);
        for (FlowEntry e : bridge.users().ofMeter(id)) {
            bridge.flows().remove(e, FlowModder.REASON_METER_DELETE, requester);
        }
    }
}
