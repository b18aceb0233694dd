package org.skyway.vswitch.ofproto;

import java.util.Set;
import org.skyway.openflow.message.AsyncConfig;
import org.skyway.openflow.message.AsyncMessage;
import org.skyway.openflow.message.BundleMessage;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.FromSwitch;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.MeterMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketOut;
import org.skyway.openflow.message.PortMod;
import org.skyway.openflow.message.Role;
import org.skyway.openflow.message.RoleMessage;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.TableMod;
import org.skyway.openflow.message.Version;
import org.skyway.vswitch.tables.TableMiss;

/// Does what controllers ask for, one message after another. Ofproto thread only.
final class MessageRequests {
    private static final int FRAGMENT_BITS = 3;

    /// OFPTC_TABLE_MISS_ bits of OpenFlow 1.1 and 1.2.
    private static final int MISS = 3;

    private static final int REASSEMBLE = 2;
    private static final int INVALID_TTL_TO_CONTROLLER = 4;

    /// What secondary controllers may not send.
    private static final Set<Class<? extends Message>> CHANGES =
            Set.of(
                    FlowMod.class,
                    GroupMod.class,
                    MeterMod.class,
                    PortMod.class,
                    TableMod.class,
                    PacketOut.class,
                    BundleMessage.Control.class,
                    BundleMessage.Add.class,
                    ExtensionMessage.TlvTableMod.class);

    private final OfSwitch bridge;
    private final StatisticsReplies statistics;
    private final QueueReplies queues;
    private final Bundles bundles;

    MessageRequests(OfSwitch bridge) {
        this.bridge = bridge;
        this.statistics = new StatisticsReplies(bridge);
        this.queues = new QueueReplies(bridge);
        this.bundles = new Bundles(bridge, this);
    }

    /// Does one request.
    ///
    /// @param e the request
    /// @param frame its bytes
    /// @throws OpenFlowException if it is refused; nothing has changed then
    void handle(Connection c, Envelope e, byte[] frame) {
        switch (e.message()) {
            case Message.EchoRequest m -> c.reply(e, new Message.EchoReply(m.data()));
            case Message.EchoReply m -> {}
            case Message.FeaturesRequest m -> c.reply(e, statistics.features(e.version()));
            case Message.GetConfigRequest m -> c.reply(e, config(c));
            case Message.SetConfig m -> setConfig(c, m);
            case Message.BarrierRequest m ->
                    bridge.afterwards(c, frame, () -> c.reply(e, new Message.BarrierReply()));
            case Message.QueueGetConfigRequest m -> c.reply(e, queues.config(m, e.version()));
            case FlowMod m -> change(c, e);
            case GroupMod m -> change(c, e);
            case MeterMod m -> change(c, e);
            case PortMod m -> change(c, e);
            case TableMod m -> change(c, e);
            case PacketOut m -> change(c, e);
            case RoleMessage.RoleRequest m -> role(c, e, m);
            case AsyncMessage.GetAsyncRequest m ->
                    c.reply(e, new AsyncMessage.GetAsyncReply(c.async()));
            case AsyncMessage.SetAsync m -> {
                c.async(merge(c.async(), m));
                c.wantAsync();
            }
            case BundleMessage.Control m -> bundles.control(c, e, m, frame);
            case BundleMessage.Add m -> bundles.add(c, e, m, frame);
            // Counters are right only when all changes so far are effective.
            case StatsRequest m -> bridge.afterwards(c, frame, () -> stats(c, e, m));
            case ExtensionMessage m -> extension(c, e, m);
            case Message.Hello m -> throw unexpected(m.getClass());
            case Message.Failure m -> throw unexpected(m.getClass());
            case FromSwitch m -> throw unexpected(m.getClass());
        }
    }

    private static OpenFlowException unexpected(Class<?> type) {
        return new OpenFlowException(
                ErrorCode.OFPBRC_BAD_TYPE, "a switch does not take " + type.getSimpleName());
    }

    /// Refuses what this controller may not ask for, before anybody looks at what it asks for.
    ///
    /// @param type of the message
    /// @throws OpenFlowException if it is refused
    static void admit(Connection c, Class<? extends Message> type) {
        if (FromSwitch.class.isAssignableFrom(type)) {
            throw unexpected(type);
        }
        if (c.role() == Role.SECONDARY && CHANGES.contains(type)) {
            throw new OpenFlowException(ErrorCode.OFPBRC_IS_SECONDARY, c.name() + " may only read");
        }
    }

    private void change(Connection c, Envelope e) {
        FlowModder.Requester by = new FlowModder.Requester(c, e.xid());
        Message done = change(e.message(), e.version(), by);
        bridge.connections().forward(done, by);
    }

    /// Does a message that changes something: by itself or out of a bundle.
    ///
    /// @return the message as others are told of it
    Message change(Message message, Version version, FlowModder.Requester by) {
        bridge.wasAsked();
        switch (message) {
            case FlowMod m -> bridge.flows().apply(m, version, by);
            case GroupMod m -> {
                return bridge.groups().apply(m, by);
            }
            case MeterMod m -> bridge.meters().apply(m, by);
            case PortMod m -> bridge.ports().modify(m, by.connection());
            case TableMod m -> tableMod(m, version);
            case PacketOut m -> PacketOuts.send(bridge, m, version);
            default ->
                    throw new IllegalArgumentException(
                            message.getClass().getSimpleName() + " changes nothing");
        }
        return message;
    }

    private Message.GetConfigReply config(Connection c) {
        boolean ttl =
                !c.version().atLeast(Version.OF13)
                        && (c.async().primary().packetIn() & 1 << AsyncDefaults.INVALID_TTL) != 0;
        int flags = bridge.fragmentHandling() | (ttl ? INVALID_TTL_TO_CONTROLLER : 0);
        return new Message.GetConfigReply(flags, c.missSendLength());
    }

    private void setConfig(Connection c, Message.SetConfig m) {
        boolean old = !c.version().atLeast(Version.OF13);
        int known = FRAGMENT_BITS | (old ? INVALID_TTL_TO_CONTROLLER : 0);
        if ((m.flags() & ~known) != 0) {
            throw new OpenFlowException(
                    ErrorCode.OFPSCFC_BAD_FLAGS, "flags 0x%x".formatted(m.flags()));
        }
        int fragments = m.flags() & FRAGMENT_BITS;
        if ((c.service() || c.role() != Role.SECONDARY) && fragments != REASSEMBLE) {
            bridge.fragmentHandling(fragments);
            bridge.forwarding().fragmentHandling(fragments);
        }
        if (old) {
            AsyncConfig.Masks p = c.async().primary();
            int bit = 1 << AsyncDefaults.INVALID_TTL;
            boolean on = (m.flags() & INVALID_TTL_TO_CONTROLLER) != 0;
            int packetIn = on ? p.packetIn() | bit : p.packetIn() & ~bit;
            AsyncConfig.Masks now =
                    new AsyncConfig.Masks(
                            packetIn,
                            p.portStatus(),
                            p.flowRemoved(),
                            p.roleStatus(),
                            p.tableStatus(),
                            p.requestForward());
            c.async(new AsyncConfig(now, c.async().secondary()));
        }
        c.missSendLength(m.missSendLength());
    }

    private void tableMod(TableMod m, Version version) {
        if (m.table() != FlowMod.ALL_TABLES && m.table() > FlowTables.VISIBLE) {
            throw new OpenFlowException(ErrorCode.OFPTMFC_BAD_TABLE, "table " + m.table());
        }
        if (m.table() == FlowMod.ALL_TABLES) {
            for (int t = 0; t < FlowTables.VISIBLE; t++) {
                tableMod(t, m, version);
            }
        } else if (FlowTables.readOnly(m.table())) {
            throw new OpenFlowException(
                    ErrorCode.OFPTMFC_EPERM, "table %d is read-only".formatted(m.table()));
        } else {
            tableMod(m.table(), m, version);
        }
    }

    private void tableMod(int table, TableMod m, Version version) {
        TableSettings s = bridge.tables().settings(table);
        if (!version.atLeast(Version.OF13)) {
            s.miss = TableMiss.of(m.config() & MISS);
            bridge.forwarding().tableMiss(table, s.miss);
            bridge.remember(table);
        }
        if (!version.atLeast(Version.OF14)) {
            return; // in 1.3 it has no meaning
        }
        s.eviction = (m.config() & Vacancies.EVICTION) != 0;
        s.vacancyEvents = (m.config() & Vacancies.VACANCY_EVENTS) != 0;
        s.vacancyDown = Math.max(0, m.vacancyDown());
        s.vacancyUp = Math.max(0, m.vacancyUp());
        bridge.vacancies().configured(table);
        bridge.remember(table);
    }

    private void role(Connection c, Envelope e, RoleMessage.RoleRequest m) {
        if (m.role() != Role.NO_CHANGE) {
            if (m.role() != Role.EQUAL && m.hasGeneration() && !bridge.elect(m.generation())) {
                throw new OpenFlowException(
                        ErrorCode.OFPRRFC_STALE,
                        "generation %d is older than %d"
                                .formatted(m.generation(), bridge.generation()));
            }
            bridge.connections().setRole(c, m.role());
        }
        c.reply(
                e,
                new RoleMessage.RoleReply(c.role(), bridge.hasGeneration(), bridge.generation()));
    }

    private static AsyncConfig merge(AsyncConfig old, AsyncMessage.SetAsync m) {
        return new AsyncConfig(
                merge(old.primary(), m.config().primary(), m.given()),
                merge(old.secondary(), m.config().secondary(), m.given() >> 1));
    }

    private static AsyncConfig.Masks merge(AsyncConfig.Masks old, AsyncConfig.Masks m, int given) {
        return new AsyncConfig.Masks(
                (given & 1) != 0 ? m.packetIn() : old.packetIn(),
                (given & 1 << 2) != 0 ? m.portStatus() : old.portStatus(),
                (given & 1 << 4) != 0 ? m.flowRemoved() : old.flowRemoved(),
                (given & 1 << 6) != 0 ? m.roleStatus() : old.roleStatus(),
                (given & 1 << 8) != 0 ? m.tableStatus() : old.tableStatus(),
                (given & 1 << 10) != 0 ? m.requestForward() : old.requestForward());
    }

    private void stats(Connection c, Envelope e, StatsRequest request) {
        StatsReply reply =
                switch (request) {
                    case StatsRequest.Desc m -> statistics.description();
                    case StatsRequest.Flow m -> statistics.flows(m);
                    case StatsRequest.Aggregate m -> statistics.aggregate(m.flow());
                    case StatsRequest.Table m -> statistics.tables();
                    case StatsRequest.Port m -> statistics.ports(m.port());
                    case StatsRequest.Queue m -> queues.statistics(m);
                    case StatsRequest.Group m -> statistics.groups(m.group());
                    case StatsRequest.GroupDesc m -> statistics.groupDescriptions(m.group());
                    case StatsRequest.GroupFeatures m -> statistics.groupFeatures(e.version());
                    case StatsRequest.Meter m -> statistics.meters(m.meter());
                    case StatsRequest.MeterConfig m -> statistics.meterConfigs(m.meter());
                    case StatsRequest.MeterFeatures m -> statistics.meterFeatures();
                    case StatsRequest.TableFeatures m -> {
                        if (!m.wanted().isEmpty()) {
                            TableFeatureRequests.apply(bridge, m, e.version());
                        }
                        yield TableFeatures.reply(bridge, e.version());
                    }
                    case StatsRequest.TableDesc m -> statistics.tableDescriptions();
                    case StatsRequest.PortDesc m -> statistics.portDescriptions(m.port());
                    case StatsRequest.QueueDesc m -> queues.descriptions(m);
                    case StatsRequest.Ipfix m ->
                            throw new OpenFlowException(
                                    ErrorCode.NXST_NOT_CONFIGURED, "there is no IPFIX exporter");
                    case StatsRequest.FlowMonitor m -> bridge.monitors().request(c, m);
                };
        c.reply(e, reply);
    }

    private void extension(Connection c, Envelope e, ExtensionMessage message) {
        switch (message) {
            case ExtensionMessage.SetFlowFormat m -> {
                if (m.format() != 0 && m.format() != 2) {
                    throw new OpenFlowException(
                            ErrorCode.OFPBRC_EPERM, "flow format " + m.format());
                }
                c.nxmFlowFormat(m.format() == 2);
            }
            case ExtensionMessage.FlowModTableId m -> c.tableInCommand(m.enabled());
            case ExtensionMessage.SetPacketInFormat m -> c.packetInFormat(m.format());
            case ExtensionMessage.SetControllerId m -> c.controllerId(m.id());
            case ExtensionMessage.FlowAge m -> {}
            case ExtensionMessage.FlowMonitorCancel m -> bridge.monitors().cancel(c, m.id());
            case ExtensionMessage.CtFlushZone m -> {} // nothing is tracked
            case ExtensionMessage.CtFlush m -> {}
            case ExtensionMessage.Resume m ->
                    bridge.paused().resume(bridge, m.packet(), e.version());
            case ExtensionMessage.TlvTableRequest m ->
                    c.reply(
                            e,
                            new ExtensionMessage.TlvTableReply(
                                    TlvTable.SPACE, TlvTable.FIELDS, bridge.tlvs().all()));
            case ExtensionMessage.TlvTableMod m -> bridge.tlvs().apply(m);
            case ExtensionMessage.TlvTableReply m -> throw unexpected(m.getClass());
            case ExtensionMessage.FlowMonitorPaused m -> throw unexpected(m.getClass());
            case ExtensionMessage.FlowMonitorResumed m -> throw unexpected(m.getClass());
        }
    }
}
