package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.NXT;
import static org.skyway.openflow.wire.MessageTable.Kind.ONFT;
import static org.skyway.openflow.wire.MessageTable.Kind.REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.empty;
import static org.skyway.openflow.wire.MessageTable.row;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Role;
import org.skyway.openflow.message.RoleMessage;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Form;

/// The rows of what every connection needs: hello, error, echo, features, configuration, barrier,
/// roles, description.
final class BasicRows {
    private static final int VERSION_BITMAP = 1;

    private BasicRows() {}

    // spotless:off
    static void register() {
        row(Message.Hello.class, TYPE.at(0, OF10, OF15, 0, 1),
                (in, c) -> {
                    in.skip(in.remaining());
                    return new Message.Hello(0);
                },
                (out, m, c) -> out.u16(VERSION_BITMAP).u16(8).u32(m.versions()));
        row(Message.Failure.class, TYPE.at(1, OF10, OF15, 4, 1), BasicRows::failure, BasicRows::putFailure);
        row(Message.EchoRequest.class, TYPE.at(2, OF10, OF15, 0, 1),
                (in, c) -> new Message.EchoRequest(in.bytes(in.remaining())),
                (out, m, c) -> out.bytes(m.data()));
        row(Message.EchoReply.class, TYPE.at(3, OF10, OF15, 0, 1),
                (in, c) -> new Message.EchoReply(in.bytes(in.remaining())),
                (out, m, c) -> out.bytes(m.data()));
        empty(Message.FeaturesRequest.class, TYPE.at(5, OF10, OF15, 0, 0), new Message.FeaturesRequest());
        row(Message.FeaturesReply.class, TYPE.at(6, OF10, OF10, 24, PortRows.BYTES_10),
                BasicRows::features,
                BasicRows::putFeatures);
        row(Message.FeaturesReply.class, TYPE.at(6, OF11, OF12, 24, PortRows.BYTES_11),
                BasicRows::features,
                BasicRows::putFeatures);
        row(Message.FeaturesReply.class, TYPE.at(6, OF13, OF15, 24, 0), BasicRows::features, BasicRows::putFeatures);
        empty(Message.GetConfigRequest.class, TYPE.at(7, OF10, OF15, 0, 0), new Message.GetConfigRequest());
        row(Message.GetConfigReply.class, TYPE.at(8, OF10, OF15, 4, 0),
                (in, c) -> new Message.GetConfigReply(in.u16(), in.u16()),
                (out, m, c) -> out.u16(m.flags()).u16(m.missSendLength()));
        row(Message.SetConfig.class, TYPE.at(9, OF10, OF15, 4, 0),
                (in, c) -> new Message.SetConfig(in.u16(), in.u16()),
                (out, m, c) -> out.u16(m.flags()).u16(m.missSendLength()));
        empty(Message.BarrierRequest.class, TYPE.at(18, OF10, OF10, 0, 0),   new Message.BarrierRequest());
        empty(Message.BarrierRequest.class, TYPE.at(20, OF11, OF15, 0, 0),   new Message.BarrierRequest());
        empty(Message.BarrierReply.class,   TYPE.at(19, OF10, OF10, 0, 0),   new Message.BarrierReply());
        empty(Message.BarrierReply.class,   TYPE.at(21, OF11, OF15, 0, 0),   new Message.BarrierReply());
        empty(StatsRequest.Desc.class,      REQUEST.at(0, OF10, OF15, 0, 0), new StatsRequest.Desc());
        row(StatsReply.Desc.class, REPLY.at(0, OF10, OF15, 1056, 0),
                (in, c) -> new StatsReply.Desc(in.text(256), in.text(256), in.text(256), in.text(32), in.text(256)),
                (out, m, c) -> {
                    out.text(m.manufacturer(), 256).text(m.hardware(), 256).text(m.software(), 256);
                    out.text(m.serial(), 32).text(m.datapath(), 256);
                });

        row(RoleMessage.RoleRequest.class, TYPE.at(24, OF12, OF15, 16, 0),
                (in, c) -> {
                    Role role = role(in.s32());
                    in.skip(4);
                    long generation = in.s64();
                    boolean has = role == Role.PRIMARY || role == Role.SECONDARY;
                    return new RoleMessage.RoleRequest(role, has, generation);
                },
                (out, m, c) -> out.u32(m.role().ordinal()).zeros(4).u64(m.generation()));
        row(RoleMessage.RoleReply.class, TYPE.at(25, OF12, OF15, 16, 0),
                (in, c) -> {
                    Role role = role(in.s32());
                    in.skip(4);
                    long generation = in.s64();
                    return new RoleMessage.RoleReply(role, generation != -1, generation);
                },
                (out, m, c) -> out.u32(m.role().ordinal()).zeros(4).u64(m.hasGeneration() ? m.generation() : -1));
        row(RoleMessage.RoleRequest.class, NXT.at(10, OF10, OF15, 4, 0),
                (in, c) -> new RoleMessage.RoleRequest(niciraRole(in.s32()), false, 0),
                (out, m, c) -> out.u32(m.role().ordinal() - 1));
        row(RoleMessage.RoleReply.class, NXT.at(11, OF10, OF15, 4, 0),
                (in, c) -> new RoleMessage.RoleReply(niciraRole(in.s32()), false, 0),
                (out, m, c) -> out.u32(m.role().ordinal() - 1));
        forward(TYPE.at(32, OF14, OF15, 8, 8));
        forward(NXT.at(132, OF10, OF12, 8, 8));
        forward(ONFT.at(2350, OF13, OF13, 8, 8));
        roleStatus(TYPE.at(30, OF14, OF15, 16, 8));
        roleStatus(ONFT.at(1911, OF13, OF13, 16, 8));
    }

    private static void forward(Form form) {
        row(Message.RequestForward.class, form,
                (in, c) -> new Message.RequestForward(rest(in)),
                (out, m, c) -> out.bytes(m.request()));
    }

    private static void roleStatus(Form form) {
        row(RoleMessage.RoleStatus.class, form,
                (in, c) -> {
                    Role role = role(in.s32());
                    int reason = in.u8();
                    in.skip(3);
                    long generation = in.s64();
                    in.skip(in.remaining());
                    return new RoleMessage.RoleStatus(role, reason, generation != -1, generation);
                },
                (out, m, c) -> out.u32(m.role().ordinal()).u8(m.reason()).zeros(3).u64(m.hasGeneration() ? m.generation() : -1));
    }
    // spotless:on

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
        out.u64(m.datapathId()).u32(m.buffers()).u8(m.tables()).u8(m.auxiliaryId()).zeros(2);
        out.u32(m.capabilities()).u32(m.actions());
        for (PortState p : m.ports()) {
            PortRows.putPort(out, p, c.version());
        }
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
