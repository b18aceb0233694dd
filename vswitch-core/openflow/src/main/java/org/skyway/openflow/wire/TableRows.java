package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.empty;
import static org.skyway.openflow.wire.MessageTable.list;
import static org.skyway.openflow.wire.MessageTable.row;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.TableCapabilities;
import org.skyway.openflow.message.TableConfig;
import org.skyway.openflow.message.TableMod;
import org.skyway.openflow.message.TableStats;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Form;

/// The rows of tables: statistics, features, description, modification.
final class TableRows {
    private static final int NAME = 32;
    private static final int EVICTION = 2;
    private static final int VACANCY = 3;
    private static final int FEATURES_HEADER = 64;

    /// What OpenFlow 1.1 and 1.2 tell that tables can do: all that there is, and no more.
    private static final int FIELDS_11 = 0xfbff;

    private static final int ACTIONS_11 = 0x01ffe7ff;
    private static final int ACTIONS_12 = 0x03ff8001;
    private static final long FIELDS_12 = fields12(f -> true);
    private static final long WRITABLE_12 = fields12(Field::writable);

    private TableRows() {}

    // spotless:off
    static void register() {
        empty(StatsRequest.Table.class, REQUEST.at(3, OF10, OF15, 0, 0), new StatsRequest.Table());
        stats(REPLY.at(3, OF10, OF10, 0, 64),  TableRows::stats10, TableRows::putStats10);
        stats(REPLY.at(3, OF11, OF11, 0, 88),  TableRows::stats11, TableRows::putStats11);
        stats(REPLY.at(3, OF12, OF12, 0, 128), TableRows::stats12, TableRows::putStats12);
        stats(REPLY.at(3, OF13, OF15, 0, 24),  TableRows::stats13, TableRows::putStats13);
        row(StatsRequest.TableFeatures.class, REQUEST.at(12, OF13, OF15, 0, 8),
                TableRows::wanted,
                (out, m, c) -> m.wanted().forEach(out::bytes));
        list(StatsReply.TableFeatures.class, REPLY.at(12, OF13, OF15, 64, 8), StatsReply.TableFeatures::new, StatsReply.TableFeatures::tables,
                TableRows::features,
                TableRows::putFeatures);
        row(TableMod.class, TYPE.at(17, OF11, OF13, 8, 0), TableRows::mod, TableRows::putMod);
        row(TableMod.class, TYPE.at(17, OF14, OF15, 8, 8), TableRows::mod, TableRows::putMod);
        empty(StatsRequest.TableDesc.class, REQUEST.at(14, OF14, OF15, 0, 0), new StatsRequest.TableDesc());
        list(StatsReply.TableDesc.class, REPLY.at(14, OF14, OF15, 8, 8), StatsReply.TableDesc::new, StatsReply.TableDesc::tables,
                (in, c) -> descItem(in),
                (out, t, c) -> putDescItem(out, t));
        row(Message.TableStatus.class, TYPE.at(31, OF14, OF15, 8, 8),
                (in, c) -> {
                    int reason = in.u8();
                    in.skip(7);
                    return new Message.TableStatus(reason, descItem(in));
                },
                (out, m, c) -> {
                    out.u8(m.reason()).zeros(7);
                    putDescItem(out, m.table());
                });
    }

    private static void stats(
            Form form, MessageTable.Decoder<TableStats> item, MessageTable.Encoder<TableStats> putItem) {
        list(StatsReply.Table.class, form, StatsReply.Table::new, StatsReply.Table::tables, item, putItem);
    }
    // spotless:on

    private static TableStats stats10(WireReader in, Context c) {
        int table = in.u8();
        in.skip(3);
        return new TableStats(
                table, in.text(NAME), in.s32(), 0, 0, in.s32(), in.s32(), in.s64(), in.s64());
    }

    private static void putStats10(WireWriter out, TableStats t, Context c) {
        out.u8(t.table()).zeros(3).text(t.name(), NAME).u32(t.wildcards()).u32(t.maxEntries());
        out.u32(t.active()).u64(t.lookups()).u64(t.matched());
    }

    private static TableStats stats11(WireReader in, Context c) {
        int table = in.u8();
        in.skip(7);
        String name = in.text(NAME);
        in.skip(8);
        int instructions = in.s32();
        in.skip(8);
        return later(table, name, instructions, in);
    }

    private static void putStats11(WireWriter out, TableStats t, Context c) {
        out.u8(t.table()).zeros(7).text(t.name(), NAME).u32(FIELDS_11).u32(FIELDS_11);
        out.u32(t.instructions()).u32(ACTIONS_11).u32(ACTIONS_11).u32(t.config());
        out.u32(t.maxEntries()).u32(t.active()).u64(t.lookups()).u64(t.matched());
    }

    private static TableStats stats12(WireReader in, Context c) {
        int table = in.u8();
        in.skip(7);
        String name = in.text(NAME);
        in.skip(56);
        return later(table, name, in.s32(), in);
    }

    private static TableStats later(int table, String name, int instructions, WireReader in) {
        return new TableStats(
                table, name, 0, instructions, in.s32(), in.s32(), in.s32(), in.s64(), in.s64());
    }

    private static void putStats12(WireWriter out, TableStats t, Context c) {
        out.u8(t.table()).zeros(7).text(t.name(), NAME).u64(FIELDS_12).u64(FIELDS_12);
        out.u32(ACTIONS_12).u32(ACTIONS_12).u64(WRITABLE_12).u64(WRITABLE_12).u64(-1).u64(-1);
        out.u32(t.instructions()).u32(t.config());
        out.u32(t.maxEntries()).u32(t.active()).u64(t.lookups()).u64(t.matched());
    }

    /// The fields that OpenFlow 1.2 has a header of its own for, as bits.
    private static long fields12(Predicate<Field> which) {
        long bits = 0;
        for (Field f : Field.values()) {
            long header = OxmTable.of(f, OF12.number()).header();
            bits |= header >>> 48 == 0x8000 && which.test(f) ? 1L << (header >>> 41 & 63) : 0;
        }
        return bits;
    }

    private static TableStats stats13(WireReader in, Context c) {
        int table = in.u8();
        in.skip(3);
        return new TableStats(table, "", 0, 0, 0, 0, in.s32(), in.s64(), in.s64());
    }

    private static void putStats13(WireWriter out, TableStats t, Context c) {
        out.u8(t.table()).zeros(3).u32(t.active()).u64(t.lookups()).u64(t.matched());
    }

    private static WireReader featuresPart(WireReader in) {
        int length = in.peekU16(0);
        if (length < FEATURES_HEADER || length > in.remaining()) {
            throw new OpenFlowException(
                    ErrorCode.OFPBPC_BAD_LEN,
                    "table features of %d bytes in %d".formatted(length, in.remaining()));
        }
        return in.part(length, ErrorCode.OFPBPC_BAD_LEN);
    }

    private static StatsRequest.TableFeatures wanted(WireReader in, Context c) {
        List<Bytes> wanted = new ArrayList<>();
        while (in.remaining() > 0) {
            wanted.add(BasicRows.rest(featuresPart(in)));
        }
        return new StatsRequest.TableFeatures(wanted);
    }

    private static TableCapabilities features(WireReader in, Context c) {
        WireReader one = featuresPart(in);
        one.skip(2);
        int table = one.u8();
        one.skip(1);
        int features = one.s32();
        String name = one.text(NAME);
        long match = one.s64();
        long write = one.s64();
        int capabilities = one.s32();
        int max = one.s32();
        List<TableCapabilities.Property> properties = new ArrayList<>();
        while (one.remaining() > 0) {
            Properties.Property p = Properties.next(one, Properties.EXPERIMENTER + 1); // whole
            properties.add(new TableCapabilities.Property(p.type(), p.bytes()));
        }
        return new TableCapabilities(
                table, name, match, write, features, capabilities, max, properties);
    }

    private static void putFeatures(WireWriter out, TableCapabilities t, Context c) {
        int start = out.size();
        out.u16(0).u8(t.table()).zeros(1);
        out.u32(c.atLeast(OF15) ? t.features() : 0).text(t.name(), NAME);
        out.u64(t.metadataMatch()).u64(t.metadataWrite());
        out.u32(c.atLeast(OF14) ? t.capabilities() : 0).u32(t.maxEntries());
        for (TableCapabilities.Property p : t.properties()) {
            Properties.bytes(out, p.type(), p.value());
        }
        out.setU16(start, out.size() - start);
    }

    private static TableMod mod(WireReader in, Context c) {
        int table = in.u8();
        in.skip(3);
        int config = in.s32();
        int eviction = -1;
        int down = -1;
        int up = -1;
        while (in.remaining() > 0) {
            Properties.Property p = Properties.next(in);
            switch (p.type()) {
                case EVICTION -> eviction = p.s32();
                case VACANCY -> {
                    if (p.value().remaining() != 4) {
                        throw new OpenFlowException(
                                ErrorCode.OFPBPC_BAD_LEN, "a vacancy property of wrong length");
                    }
                    down = p.value().u8();
                    up = p.value().u8();
                    int vacancy = p.value().u8();
                    if (down > up || up > 100 || vacancy != 0) {
                        throw new OpenFlowException(
                                ErrorCode.OFPBPC_BAD_VALUE,
                                "vacancy from %d to %d".formatted(down, up));
                    }
                }
                default ->
                        throw new OpenFlowException(
                                ErrorCode.OFPBRC_BAD_TYPE, "table property " + p.type());
            }
        }
        return new TableMod(table, config, eviction, down, up);
    }

    private static void putMod(WireWriter out, TableMod m, Context c) {
        out.u8(m.table()).zeros(3).u32(m.config());
        if (c.atLeast(OF14) && m.evictionFlags() != -1) {
            Properties.u32(out, EVICTION, m.evictionFlags());
        }
        if (c.atLeast(OF14) && m.vacancyDown() != -1) {
            int start = Properties.start(out, VACANCY);
            out.u8(m.vacancyDown()).u8(m.vacancyUp()).zeros(2);
            Properties.end(out, start);
        }
    }

    private static TableConfig descItem(WireReader in) {
        WireReader one = in.part(Math.max(8, in.peekU16(0)), ErrorCode.OFPBRC_BAD_LEN);
        one.skip(2);
        int table = one.u8();
        one.skip(1);
        int config = one.s32();
        int eviction = 0;
        int down = -1;
        int up = -1;
        int vacancy = 0;
        while (one.remaining() > 0) {
            Properties.Property p = Properties.next(one);
            if (p.type() == EVICTION) {
                eviction = p.s32();
            } else if (p.type() == VACANCY) {
                down = p.value().u8();
                up = p.value().u8();
                vacancy = p.value().u8();
            }
        }
        return new TableConfig(table, config, eviction, down, up, vacancy);
    }

    private static void putDescItem(WireWriter out, TableConfig t) {
        int start = out.size();
        out.u16(0).u8(t.table()).zeros(1).u32(t.config());
        Properties.u32(out, EVICTION, t.evictionFlags());
        if (t.vacancyDown() >= 0) {
            int property = Properties.start(out, VACANCY);
            out.u8(t.vacancyDown()).u8(t.vacancyUp()).u8(t.vacancy()).zeros(1);
            Properties.end(out, property);
        }
        out.setU16(start, out.size() - start);
    }
}
