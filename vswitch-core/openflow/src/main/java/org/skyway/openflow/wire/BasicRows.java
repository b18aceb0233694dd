package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Role;
import org.skyway.openflow.message.RoleMessage;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Kind;

/// The rows of what every connection needs: hello, error, echo, features, configuration, barrier,
/// roles, description.
final class BasicRows {
    private static final int VERSION_BITMAP = 1;

    private BasicRows() {}

    static void register() {
        all(
                Message.Hello.class,
                0,
                0,
                1,
                (in, c) -> {
                    in.skip(in.remaining());
                    return new Message.Hello(0);
                },
                (out, m, c) -> out.u16(VERSION_BITMAP).u16(8).u32(m.versions()));
        all(Message.Failure.class, 1, 4, 1, BasicRows::failure, BasicRows::putFailure);
        all(
                Message.EchoRequest.class,
                2,
                0,
                1,
                (in, c) -> new Message.EchoRequest(in.bytes(in.remaining())),
                (out, m, c) -> out.bytes(m.data()));
        all(
                Message.EchoReply.class,
                3,
                0,
                1,
                (in, c) -> new Message.EchoReply(in.bytes(in.remaining())),
                (out, m, c) -> out.bytes(m.data()));
        empty(Message.FeaturesRequest.class, 5, OF10, OF15, new Message.FeaturesRequest());
        row(
                Message.FeaturesReply.class,
                6,
                OF10,
                OF10,
                24,
                PortRows.BYTES_10,
                BasicRows::features,
                BasicRows::putFeatures);
        row(
                Message.FeaturesReply.class,
                6,
                OF11,
                OF12,
                24,
                PortRows.BYTES_11,
                BasicRows::features,
                BasicRows::putFeatures);
        row(
                Message.FeaturesReply.class,
                6,
                OF13,
                OF15,
                24,
                0,
                BasicRows::features,
                BasicRows::putFeatures);
        empty(Message.GetConfigRequest.class, 7, OF10, OF15, new Message.GetConfigRequest());
        all(
                Message.GetConfigReply.class,
                8,
                4,
                0,
                (in, c) -> new Message.GetConfigReply(in.u16(), in.u16()),
                (out, m, c) -> out.u16(m.flags()).u16(m.missSendLength()));
        all(
                Message.SetConfig.class,
                9,
                4,
                0,
                (in, c) -> new Message.SetConfig(in.u16(), in.u16()),
                (out, m, c) -> out.u16(m.flags()).u16(m.missSendLength()));
        empty(Message.BarrierRequest.class, 18, OF10, OF10, new Message.BarrierRequest());
        empty(Message.BarrierRequest.class, 20, OF11, OF15, new Message.BarrierRequest());
        empty(Message.BarrierReply.class, 19, OF10, OF10, new Message.BarrierReply());
        empty(Message.BarrierReply.class, 21, OF11, OF15, new Message.BarrierReply());
        roles();
        MessageTable.row(
                StatsRequest.Desc.class,
                Kind.REQUEST,
                0,
                OF10,
                OF15,
                0,
                0,
                (in, c) -> new StatsRequest.Desc(),
                (out, m, c) -> {});
        MessageTable.row(
                StatsReply.Desc.class,
                Kind.REPLY,
                0,
                OF10,
                OF15,
                1056,
                0,
                (in, c) ->
                        new StatsReply.Desc(
                                in.text(256),
                                in.text(256),
                                in.text(256),
                                in.text(32),
                                in.text(256)),
                (out, m, c) ->
                        out.text(m.manufacturer(), 256)
                                .text(m.hardware(), 256)
                                .text(m.software(), 256)
                                .text(m.serial(), 32)
                                .text(m.datapath(), 256));
    }

    private static <M extends Message> void all(
            Class<M> type,
            int number,
            int min,
            int unit,
            MessageTable.Decoder<M> decoder,
            MessageTable.Encoder<M> encoder) {
        row(type, number, OF10, OF15, min, unit, decoder, encoder);
    }

    private static <M extends Message> void empty(
            Class<M> type, int number, Version first, Version last, M message) {
        row(type, number, first, last, 0, 0, (in, c) -> message, (out, m, c) -> {});
    }

    private static <M extends Message> void row(
            Class<M> type,
            int number,
            Version first,
            Version last,
            int min,
            int unit,
            MessageTable.Decoder<M> decoder,
            MessageTable.Encoder<M> encoder) {
        MessageTable.row(type, Kind.TYPE, number, first, last, min, unit, decoder, encoder);
    }

    // Nobody has the id 0: what claims to be of that vendor is left as it came.
    private static Message.Failure failure(WireReader in, Context c) {
        int type = in.u16();
        int code = in.u16();
        int vendor = 0;
        boolean old = !c.atLeast(OF12);
        boolean nobodys = in.remaining() >= 4 && in.peekU16(0) == 0 && in.peekU16(2) == 0;
        if (type == 0xffff && !old && !nobodys) {
            vendor = in.s32();
            type = code;
            code = 0;
        } else if (type == 0xb0c2 && code == 0 && old && !nobodys && in.remaining() >= 8) {
            vendor = in.s32();
            type = in.u16();
            code = in.u16();
        }
        return new Message.Failure(
                new ErrorCode.Numbers(vendor, type, code), in.bytes(in.remaining()));
    }

    /// Writes an error. Since 1.2 an experimenter's error has a type of its own; before, Nicira put
    /// its own type and code behind a vendor id.
    private static void putFailure(WireWriter out, Message.Failure m, Context c) {
        ErrorCode.Numbers n = m.numbers();
        if (n.vendor() == 0) {
            out.u16(n.type()).u16(n.code());
        } else if (c.atLeast(OF12)) {
            out.u16(0xffff).u16(n.type()).u32(n.vendor());
        } else {
            out.u16(0xb0c2).u16(0).u32(n.vendor()).u16(n.type()).u16(n.code());
        }
        out.bytes(m.data());
    }

    private static Message.FeaturesReply features(WireReader in, Context c) {
        long id = in.s64();
        int buffers = in.s32();
        int tables = in.u8();
        int auxiliary = in.u8();
        in.skip(2);
        int capabilities = in.s32();
        int actions = in.s32();
        List<PortState> ports = new ArrayList<>();
        while (in.remaining() > 0) {
            ports.add(PortRows.port(in, c.version()));
        }
        return new Message.FeaturesReply(
                id, buffers, tables, auxiliary, capabilities, actions, ports);
    }

    private static void putFeatures(WireWriter out, Message.FeaturesReply m, Context c) {
        out.u64(m.datapathId())
                .u32(m.buffers())
                .u8(m.tables())
                .u8(m.auxiliaryId())
                .zeros(2)
                .u32(m.capabilities())
                .u32(m.actions());
        for (PortState p : m.ports()) {
            PortRows.putPort(out, p, c.version());
        }
    }

    private static void roles() {
        row(
                RoleMessage.RoleRequest.class,
                24,
                OF12,
                OF15,
                16,
                0,
                (in, c) -> {
                    Role role = role(in.s32());
                    in.skip(4);
                    long generation = in.s64();
                    boolean has = role == Role.PRIMARY || role == Role.SECONDARY;
                    return new RoleMessage.RoleRequest(role, has, generation);
                },
                (out, m, c) -> out.u32(m.role().ordinal()).zeros(4).u64(m.generation()));
        row(
                RoleMessage.RoleReply.class,
                25,
                OF12,
                OF15,
                16,
                0,
                (in, c) -> {
                    Role role = role(in.s32());
                    in.skip(4);
                    long generation = in.s64();
                    return new RoleMessage.RoleReply(role, generation != -1, generation);
                },
                (out, m, c) ->
                        out.u32(m.role().ordinal())
                                .zeros(4)
                                .u64(m.hasGeneration() ? m.generation() : -1));
        MessageTable.row(
                RoleMessage.RoleRequest.class,
                Kind.NXT,
                10,
                OF10,
                OF15,
                4,
                0,
                (in, c) -> new RoleMessage.RoleRequest(niciraRole(in.s32()), false, 0),
                (out, m, c) -> out.u32(m.role().ordinal() - 1));
        MessageTable.row(
                RoleMessage.RoleReply.class,
                Kind.NXT,
                11,
                OF10,
                OF15,
                4,
                0,
                (in, c) -> new RoleMessage.RoleReply(niciraRole(in.s32()), false, 0),
                (out, m, c) -> out.u32(m.role().ordinal() - 1));
        forward(Kind.TYPE, 32, OF14, OF15);
        forward(Kind.NXT, 132, OF10, OF12);
        forward(Kind.ONFT, 2350, OF13, OF13);
        roleStatus(Kind.TYPE, 30, OF14, OF15);
        roleStatus(Kind.ONFT, 1911, OF13, OF13);
    }

    private static void forward(Kind kind, int number, Version first, Version last) {
        MessageTable.row(
                Message.RequestForward.class,
                kind,
                number,
                first,
                last,
                8,
                8,
                (in, c) -> new Message.RequestForward(rest(in)),
                (out, m, c) -> out.bytes(m.request()));
    }

    private static void roleStatus(Kind kind, int number, Version first, Version last) {
        MessageTable.row(
                RoleMessage.RoleStatus.class,
                kind,
                number,
                first,
                last,
                16,
                8,
                (in, c) -> {
                    Role role = role(in.s32());
                    int reason = in.u8();
                    in.skip(3);
                    long generation = in.s64();
                    in.skip(in.remaining());
                    return new RoleMessage.RoleStatus(role, reason, generation != -1, generation);
                },
                (out, m, c) ->
                        out.u32(m.role().ordinal())
                                .u8(m.reason())
                                .zeros(3)
                                .u64(m.hasGeneration() ? m.generation() : -1));
    }

    private static Role role(int code) {
        if (code < 0 || code > 3) {
            throw badRole(code);
        }
        return Role.values()[code];
    }

    private static Role niciraRole(int code) {
        if (code < 0 || code > 2) {
            throw badRole(code);
        }
        return Role.values()[code + 1];
    }

    private static OpenFlowException badRole(int code) {
        return new OpenFlowException(ErrorCode.OFPRRFC_BAD_ROLE, "role " + code);
    }

    /// The rest of a message, for what is passed on as it is.
    static Bytes rest(WireReader in) {
        return in.bytes(in.remaining());
    }
}
