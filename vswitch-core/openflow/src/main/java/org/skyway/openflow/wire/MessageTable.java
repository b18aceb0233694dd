package org.skyway.openflow.wire;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;

/// All messages: one row for each form on the wire, with the versions that have it, the lengths
/// that it may have, and who reads and writes it. The rows are in the classes whose names end in
/// `Rows`.
final class MessageTable {
    /// Where in the headers a message's number stands.
    enum Kind {
        /// The type in the OpenFlow header.
        TYPE(Dialect.STANDARD),
        /// The subtype of a Nicira message.
        NXT(Dialect.NICIRA),
        /// The subtype of an ONF message.
        ONFT(Dialect.ONF),
        /// The type of a multipart request.
        REQUEST(Dialect.STANDARD),
        /// The type of a multipart reply.
        REPLY(Dialect.STANDARD),
        /// The subtype of a Nicira multipart request.
        NX_REQUEST(Dialect.NICIRA),
        /// The subtype of a Nicira multipart reply.
        NX_REPLY(Dialect.NICIRA),
        /// The subtype of an ONF multipart request.
        ONF_REQUEST(Dialect.ONF),
        /// The subtype of an ONF multipart reply.
        ONF_REPLY(Dialect.ONF);

        private final Dialect dialect;

        Kind(Dialect dialect) {
            this.dialect = dialect;
        }

        Dialect dialect() {
            return dialect;
        }

        /// A form with a number of this kind; see [Form].
        Form at(int number, Version first, Version last, int minBody, int unit) {
            return new Form(this, number, first, last, minBody, unit);
        }

        boolean multipart() {
            return ordinal() >= REQUEST.ordinal();
        }

        boolean reply() {
            return this == REPLY || this == NX_REPLY || this == ONF_REPLY;
        }
    }

    /// What a reader or writer of a body needs to know besides.
    ///
    /// @param tableInCommand whether OpenFlow 1.0 flow-mods have a table id in their command
    record Context(Version version, Dialect dialect, boolean tableInCommand) {
        private static final int DIALECTS = Dialect.values().length;
        private static final Context[] ALL = all();

        /// The one of these.
        static Context of(Version version, Dialect dialect, boolean tableInCommand) {
            return ALL[index(version, dialect, tableInCommand)];
        }

        private static int index(Version version, Dialect dialect, boolean tableInCommand) {
            int of = version.ordinal() * DIALECTS + dialect.ordinal();
            return of * 2 + (tableInCommand ? 1 : 0);
        }

        private static Context[] all() {
            Context[] all = new Context[Version.values().length * DIALECTS * 2];
            for (Version v : Version.values()) {
                for (Dialect d : Dialect.values()) {
                    all[index(v, d, false)] = new Context(v, d, false);
                    all[index(v, d, true)] = new Context(v, d, true);
                }
            }
            return all;
        }

        boolean atLeast(Version v) {
            return version.atLeast(v);
        }

        boolean nicira() {
            return dialect == Dialect.NICIRA;
        }
    }

    /// Reads a body.
    interface Decoder<M> {
        M decode(WireReader in, Context c);
    }

    /// Writes a body.
    interface Encoder<M> {
        void encode(WireWriter out, M message, Context c);
    }

    /// Where a message stands, and how long it may be.
    ///
    /// @param first version that has it
    /// @param last version that has it
    /// @param minBody shortest body
    /// @param unit what a longer body grows by; 0 if it can't be longer
    record Form(Kind kind, int number, Version first, Version last, int minBody, int unit) {
        void checkLength(int body) {
            if (body < minBody
                    || unit == 0 && body != minBody
                    || unit != 0 && (body - minBody) % unit != 0) {
                throw new OpenFlowException(
                        ErrorCode.OFPBRC_BAD_LEN,
                        "%s %d has a body of %d bytes, not %d%s"
                                .formatted(
                                        kind, number, body, minBody, unit == 0 ? "" : " or more"));
            }
        }
    }

    /// One form of a message.
    ///
    /// @param when which messages of the class it is for
    record Row<M extends Message>(
            Class<M> type, Form form, Predicate<M> when, Decoder<M> decoder, Encoder<M> encoder) {
        boolean accepts(Message m) {
            return when.test(type.cast(m));
        }
    }

    /// The rows of one version. Every message looks here, so the keys are such as cost nothing to
    /// make.
    private static final class Rows {
        final Map<Kind, Map<Integer, Row<?>>> byNumber = new EnumMap<>(Kind.class);
        final Map<Class<?>, List<Row<?>>> byType = new IdentityHashMap<>();
    }

    private static final Map<Version, Rows> ROWS = new EnumMap<>(Version.class);

    static {
        for (Version v : Version.values()) {
            Rows rows = new Rows();
            for (Kind k : Kind.values()) {
                rows.byNumber.put(k, new HashMap<>());
            }
            ROWS.put(v, rows);
        }
        BasicRows.register();
        ExtensionRows.register();
        FlowRows.register();
        FlowStatsRows.register();
        GroupRows.register();
        MeterRows.register();
        MonitorRows.register();
        PacketOutRows.register();
        PacketRows.register();
        PortRows.register();
        QueueRows.register();
        TableRows.register();
        TlvRows.register();
        TrackingRows.register();
    }

    private MessageTable() {}

    /// Adds a row.
    static <M extends Message> void row(
            Class<M> type, Form form, Decoder<M> decoder, Encoder<M> encoder) {
        row(type, form, m -> true, decoder, encoder);
    }

    /// Adds a row for some messages of a class.
    static <M extends Message> void row(
            Class<M> type, Form form, Predicate<M> when, Decoder<M> decoder, Encoder<M> encoder) {
        Row<M> row = new Row<>(type, form, when, decoder, encoder);
        for (Version v : Version.values()) {
            if (v.atLeast(form.first) && form.last.atLeast(v)) {
                Rows rows = ROWS.get(v);
                rows.byNumber.get(form.kind).put(form.number, row);
                rows.byType.computeIfAbsent(type, k -> new ArrayList<>()).add(row);
            }
        }
    }

    /// Adds a row of a message that says nothing but that it is there.
    static <M extends Message> void empty(Class<M> type, Form form, M message) {
        row(type, form, (in, c) -> message, (out, m, c) -> {});
    }

    /// Adds a row of a message that is a list, up to its end, and may be cut between any two of its
    /// items.
    ///
    /// @param message makes it
    /// @param items what it consists of
    /// @param decoder of an item
    /// @param encoder of an item
    static <M extends Message, T> void list(
            Class<M> type,
            Form form,
            Function<List<T>, M> message,
            Function<M, List<T>> items,
            Decoder<T> decoder,
            Encoder<T> encoder) {
        row(
                type,
                form,
                (in, c) -> {
                    List<T> all = new ArrayList<>();
                    while (in.remaining() > 0) {
                        all.add(decoder.decode(in, c));
                    }
                    return message.apply(all);
                },
                (out, m, c) -> {
                    for (T item : items.apply(m)) {
                        encoder.encode(out, item, c);
                        out.boundary();
                    }
                });
    }

    /// The row of a message that came in; null if there is none.
    static Row<?> byNumber(Kind kind, int number, Version version) {
        return ROWS.get(version).byNumber.get(kind).get(number);
    }

    /// The row to write a message with: the wanted dialect's, else the first.
    ///
    /// @throws IllegalArgumentException if the version has no form for it
    static Row<?> byMessage(Message message, Version version, Dialect dialect) {
        Row<?> best = null;
        for (Row<?> r : ROWS.get(version).byType.getOrDefault(message.getClass(), List.of())) {
            if (r.accepts(message)
                    && (best == null
                            || r.form().kind().dialect() == dialect
                                    && best.form().kind().dialect() != dialect)) {
                best = r;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException(
                    "%s can't be said in %s"
                            .formatted(message.getClass().getSimpleName(), version));
        }
        return best;
    }
}
