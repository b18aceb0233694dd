package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowRemoved;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.MeterMod;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.Role;
import org.skyway.openflow.message.RoleMessage;
import org.skyway.openflow.message.TableConfig;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.skyway.vswitch.tables.GroupState;

/// All connections that have said hello, and what is told to several of them. Ofproto thread only.
final class Connections {
    private static final int PORT_MODIFIED = 2;

    /// OFPCRR_MASTER_REQUEST: another controller became primary.
    private static final int PRIMARY_REQUEST = 0;

    /// OFPRFR_ codes.
    private static final int GROUP_MOD = 0;

    private static final int METER_MOD = 1;

    private final OfSwitch bridge;
    private final List<Connection> all = new ArrayList<>();

    Connections(OfSwitch bridge) {
        this.bridge = bridge;
    }

    List<Connection> all() {
        return all;
    }

    void opened(Connection c) {
        all.add(c);
    }

    void closed(Connection c) {
        all.remove(c);
    }

    /// Whether a controller, not just a tool, is connected.
    boolean hasController() {
        for (Connection c : all) {
            if (!c.service()) {
                return true;
            }
        }
        return false;
    }

    private static boolean wants(int mask, int reason) {
        return (mask >>> reason & 1) != 0;
    }

    /// Tells of a port.
    ///
    /// @param old what it was before a change; null otherwise
    /// @param source the controller that changed it, or null
    void portStatus(int reason, PortState old, PortState now, Connection source) {
        for (Connection c : List.copyOf(all)) {
            boolean own = c == source && !c.version().atLeast(Version.OF15);
            if (own || !c.listens() || !wants(c.wanted().portStatus(), reason)) {
                continue;
            }
            if (reason == PORT_MODIFIED && old != null && looksSame(c.version(), old, now)) {
                continue;
            }
            c.send(new Message.PortStatus(reason, now));
        }
    }

    /// Whether a version can't tell the difference between two states of a port.
    private static boolean looksSame(Version version, PortState a, PortState b) {
        return java.util.Arrays.equals(encoded(version, a), encoded(version, b));
    }

    private static byte[] encoded(Version version, PortState port) {
        return OpenFlowCodec.encode(
                new Envelope(version, 0, new Message.PortStatus(PORT_MODIFIED, port)));
    }

    void flowRemoved(FlowRemoved m) {
        for (Connection c : List.copyOf(all)) {
            if (!c.listens() || !wants(c.wanted().flowRemoved(), m.reason())) {
                continue;
            }
            boolean unknown =
                    m.reason() == FlowModder.REASON_METER_DELETE
                            && !c.version().atLeast(Version.OF14);
            FlowRemoved told = unknown ? withReason(m, FlowModder.REASON_DELETE) : m;
            Dialect dialect =
                    c.version() == Version.OF10 && c.nxmFlowFormat()
                            ? Dialect.NICIRA
                            : Dialect.STANDARD;
            c.send(new Envelope(c.version(), 0, dialect, false, told));
        }
    }

    private static FlowRemoved withReason(FlowRemoved m, int reason) {
        return new FlowRemoved(
                m.match(),
                m.priority(),
                reason,
                m.table(),
                m.cookie(),
                m.durationNanos(),
                m.idleTimeout(),
                m.hardTimeout(),
                m.packets(),
                m.bytes());
    }

    /// Sends a packet to the controllers with an id that want it.
    ///
    /// @param reason one of [AsyncDefaults]' reasons
    /// @return whether some wait, so that [#drain] must be called
    boolean packetIn(int controllerId, int reason, PacketIn m) {
        boolean some = false;
        for (Connection c : List.copyOf(all)) {
            if (c.controllerId() != controllerId
                    || c.congested()
                    || !c.listens()
                    || !wants(c.wanted().packetIn(), reason)) {
                continue;
            }
            PacketIn told =
                    new PacketIn(
                            m.data(),
                            m.totalLength(),
                            m.bufferId(),
                            AsyncDefaults.told(reason, c.version()),
                            m.table(),
                            m.cookie(),
                            m.metadata(),
                            m.userdata(),
                            m.continuation(),
                            c.packetInFormat());
            some |= c.packetIns().offer(told, System.nanoTime());
        }
        return some;
    }

    /// Sends packets that have waited for long enough.
    ///
    /// @return whether some still wait
    boolean drain(long nowNanos) {
        boolean some = false;
        for (Connection c : List.copyOf(all)) {
            some |= c.packetIns().drain(nowNanos);
        }
        return some;
    }

    /// Whether any controller with id 0 wants packets that no entry matched.
    boolean wantsMisses(int reason) {
        for (Connection c : all) {
            if (c.controllerId() == 0 && c.listens() && wants(c.wanted().packetIn(), reason)) {
                return true;
            }
        }
        return false;
    }

    /// Gives a controller a role; a new primary makes the old one secondary.
    void setRole(Connection c, Role role) {
        if (role == Role.PRIMARY && c.role() != Role.PRIMARY) {
            for (Connection other : List.copyOf(all)) {
                if (other.role() == Role.PRIMARY) {
                    other.role(Role.SECONDARY);
                    sendRoleStatus(other);
                }
            }
        }
        c.role(role);
    }

    private void sendRoleStatus(Connection c) {
        if (c.version().atLeast(Version.OF13)) {
            c.send(
                    new RoleMessage.RoleStatus(
                            Role.SECONDARY,
                            PRIMARY_REQUEST,
                            bridge.hasGeneration(),
                            bridge.generation()));
        }
    }

    /// Tells other controllers of a request that changed a group or a meter (OpenFlow 1.4,
    /// "Requests forwarding"; before that, Nicira's and the ONF's own messages). Other requests are
    /// not told.
    void forward(Message request, FlowModder.Requester by) {
        int reason =
                switch (request) {
                    case GroupMod m -> GROUP_MOD;
                    case MeterMod m -> METER_MOD;
                    default -> -1;
                };
        if (reason < 0) {
            return;
        }
        for (Connection c : List.copyOf(all)) {
            boolean sayable = reason == GROUP_MOD || c.version().atLeast(Version.OF13);
            if (c != by.connection()
                    && sayable
                    && c.listens()
                    && wants(c.wanted().requestForward(), reason)) {
                Message told = request instanceof GroupMod g ? inVersion(g, c.version()) : request;
                byte[] inner = OpenFlowCodec.encode(new Envelope(c.version(), by.xid(), told));
                c.send(new Message.RequestForward(Bytes.of(inner)));
            }
        }
    }

    /// A change of single buckets as a version without such tells it: the group as it is now.
    private GroupMod inVersion(GroupMod m, Version version) {
        boolean single =
                m.command() == GroupMod.INSERT_BUCKET || m.command() == GroupMod.REMOVE_BUCKET;
        GroupState now = bridge.groups().find(m.group());
        if (!single || version == Version.OF10 || version.atLeast(Version.OF15) || now == null) {
            return m;
        }
        return new GroupMod(GroupMod.MODIFY, m.group(), m.type(), GroupMod.BUCKET_ALL, now.group());
    }

    void tableStatus(int reason, TableConfig table) {
        for (Connection c : List.copyOf(all)) {
            if (c.version().atLeast(Version.OF14)
                    && c.listens()
                    && wants(c.wanted().tableStatus(), reason)) {
                c.send(new Message.TableStatus(reason, table));
            }
        }
    }
}
