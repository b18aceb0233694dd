package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF15;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.ActionKind;
import org.skyway.openflow.model.Match;

/// All actions: one row for each, with how it is written and the forms in which it is read, of
/// which each tells the versions that have it and the lengths that it may have.
///
/// The rows of [ActionKind]s that are plain are made from those; the others are in [OutputActions],
/// [FieldActions] and [FlowActions].
final class ActionTable {
    /// What a reader of one action needs to know besides its bytes.
    ///
    /// @param version of the message
    /// @param match of the flow-mod, for OpenFlow 1.0's ports; [Match#ANY] elsewhere
    /// @param depth how deep the action is nested in others
    record Context(Version version, Match match, int depth) {}

    /// Reads what follows an action's header.
    interface Decoder {
        Action decode(WireReader in, Context context);
    }

    /// Writes an action, header and all.
    interface Encoder<A> {
        void encode(A action, ActionEncoder to);
    }

    /// One form of an action.
    ///
    /// @param vendor 0, or an experimenter id
    /// @param type action type or experimenter's subtype
    /// @param first the first version that has it
    /// @param last the last version that has it
    /// @param minLength bytes, header included
    /// @param maxLength bytes, header included
    record Form(
            int vendor,
            int type,
            Version first,
            Version last,
            int minLength,
            int maxLength,
            Decoder decoder) {
        /// The same form, of any length that is long enough.
        Form orLonger() {
            return new Form(vendor, type, first, last, minLength, 0xffff, decoder);
        }

        /// The same form in fewer versions.
        Form from(Version earliest, Version latest) {
            return new Form(vendor, type, earliest, latest, minLength, maxLength, decoder);
        }
    }

    /// By vendor and type.
    private static final Map<Version, Map<Long, Form>> FORMS = new EnumMap<>(Version.class);

    private static final Map<Class<?>, Encoder<Action>> ENCODERS = new HashMap<>();

    static {
        for (Version v : Version.values()) {
            FORMS.put(v, new HashMap<>());
        }
        for (ActionKind kind : ActionKind.values()) {
            if (kind.isPlain()) {
                plain(kind);
            }
        }
        OutputActions.register();
        FieldActions.register();
        FlowActions.register();
    }

    private ActionTable() {}

    /// Adds a row.
    ///
    /// @param forms in which it is read
    static <A extends Action> void row(Class<A> type, Encoder<A> encoder, Form... forms) {
        ENCODERS.put(type, (action, to) -> encoder.encode(type.cast(action), to));
        for (Form form : forms) {
            for (Version v : Version.values()) {
                if (v.atLeast(form.first) && form.last.atLeast(v)) {
                    FORMS.get(v).put(key(form.vendor, form.type), form);
                }
            }
        }
    }

    /// OpenFlow 1.0's own, of one length.
    static Form of10(int type, int length, Decoder decoder) {
        return new Form(0, type, OF10, OF10, length, length, decoder);
    }

    /// A newer version's own, of one length.
    static Form of(int type, int length, Decoder decoder) {
        return new Form(0, type, OF11, OF15, length, length, decoder);
    }

    /// Nicira's in all versions, of one length.
    static Form nx(int subtype, int length, Decoder decoder) {
        return new Form(ErrorCode.NICIRA, subtype, OF10, OF15, length, length, decoder);
    }

    private static void plain(ActionKind kind) {
        Decoder decoder = (in, c) -> kind.make(argument(in, kind, kind.code(c.version().number())));
        row(
                kind.type(),
                (action, to) -> to.plain(kind, kind.value(action)),
                form(kind.code(OF10.number()), OF10, OF10, decoder, kind),
                form(kind.code(OF11.number()), OF11, OF15, decoder, kind));
    }

    private static Form form(
            int code, Version first, Version last, Decoder decoder, ActionKind kind) {
        int type = code & 0xffff;
        Form form = ActionKind.isNicira(code) ? nx(type, 16, decoder) : of(type, 8, decoder);
        Version since = Version.of(kind.since());
        return form.from(since != null && since.atLeast(first) ? since : first, last);
    }

    private static int argument(WireReader in, ActionKind kind, int code) {
        int bytes = kind.argument().bytes();
        in.skip(ActionEncoder.padding(code, bytes));
        int value = (int) in.number(bytes);
        var allowed = kind.argument().allowed();
        if (!allowed.isEmpty() && !allowed.contains(value)) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_ARGUMENT,
                    "0x%04x is neither 0x%04x nor 0x%04x"
                            .formatted(value, allowed.getFirst(), allowed.getLast()));
        }
        return value;
    }

    private static long key(int vendor, int type) {
        return (long) vendor << 32 | type;
    }

    /// The form of an action.
    static Form of(int vendor, int type, Version version) {
        Form form = FORMS.get(version).get(key(vendor, type));
        if (form == null) {
            throw new OpenFlowException(
                    vendor == 0 ? ErrorCode.OFPBAC_BAD_TYPE : ErrorCode.OFPBAC_BAD_VENDOR_TYPE,
                    "%s has no action %d of vendor 0x%x".formatted(version, type, vendor));
        }
        return form;
    }

    /// Who writes an action.
    static Encoder<Action> encoder(Action action) {
        return ENCODERS.get(action.getClass());
    }
}
