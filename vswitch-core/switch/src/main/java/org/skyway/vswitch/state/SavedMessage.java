package org.skyway.vswitch.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.wire.OpenFlowCodec;

/// Entries, groups and meters in messages of that version of OpenFlow which says just the same.
///
/// There is more than one way to say some things, and no version has them all: what is a load in
/// 1.4 is a set-field in 1.5. With another way, controllers would be told something else after a
/// restart than before it.
public final class SavedMessage {
    /// The newest has a form for most. Those of 1.0 have the table in their command.
    private static final List<Form> FORMS =
            List.of(
                    new Form(Version.OF15, Dialect.STANDARD),
                    new Form(Version.OF14, Dialect.STANDARD),
                    new Form(Version.OF13, Dialect.STANDARD),
                    new Form(Version.OF12, Dialect.STANDARD),
                    new Form(Version.OF11, Dialect.STANDARD),
                    new Form(Version.OF10, Dialect.NICIRA),
                    new Form(Version.OF10, Dialect.STANDARD));

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private record Form(Version version, Dialect dialect) {
        byte[] encode(Message message) {
            Envelope envelope = new Envelope(version, 0, dialect, false, message);
            if (version != Version.OF10) {
                return OpenFlowCodec.encode(envelope);
            }
            List<byte[]> frames = new ArrayList<>(1);
            OpenFlowCodec.encodeAll(envelope, true, frames::add);
            return frames.getFirst();
        }

        /// @return null if it can't be told
        byte[] told(Message message) {
            try {
                return encode(message);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
    }

    private SavedMessage() {}

    /// Writes one.
    ///
    /// @param message a flow-mod, group-mod or meter-mod that adds something
    /// @return a frame that [#read] takes
    /// @throws RuntimeException if no version has a form for it
    public static byte[] write(Message message) {
        if (message instanceof FlowMod m && isPlain(m)) {
            return FORMS.getFirst().encode(m); // there may be very many of these
        }
        RuntimeException refused = null;
        byte[] alike = null;
        byte[] any = null;
        for (Message said : ways(message)) {
            for (Form form : FORMS) {
                try {
                    byte[] frame = form.encode(said);
                    Message back = read(frame);
                    if (message.equals(with(message, back))) {
                        return frame;
                    }
                    alike = alike == null && isToldAlike(message, back) ? frame : alike;
                    any = any == null ? frame : any;
                } catch (IllegalArgumentException | OpenFlowException e) {
                    refused = e; // it can't be written, or what is written can't be read
                }
            }
        }
        if (any == null) {
            throw refused;
        }
        return alike == null ? any : alike;
    }

    /// Whether the newest version surely says it just so: all that it does has one form, and what
    /// it matches has, too. Tags and types of ICMP have more bits in OpenFlow 1.0.
    private static boolean isPlain(FlowMod m) {
        int protocol = (int) m.match().exact(Field.IP_PROTO);
        return m.match().maskOf(Field.VLAN_TCI) == 0
                && protocol != ICMP
                && protocol != ICMPV6
                && m.instructions().meter() == -1
                && isPlain(m.instructions().apply())
                && isPlain(m.instructions().write());
    }

    private static boolean isPlain(List<Action> actions) {
        for (int i = 0; i < actions.size(); i++) {
            Action a = actions.get(i);
            boolean set =
                    a instanceof Action.SetField f && f.form() == Action.SetField.Form.SET_FIELD;
            if (!set && !(a instanceof Action.Output || a instanceof Action.Group)) {
                return false;
            }
        }
        return true;
    }

    /// Commands for single buckets make groups that could not be added as they are, like an
    /// indirect one with two buckets; such a group can still be told.
    private static List<Message> ways(Message message) {
        return message instanceof GroupMod g
                ? List.of(g, new StatsReply.GroupDesc(List.of(g.entry())))
                : List.of(message);
    }

    /// The message that adds a group.
    ///
    /// @param group any
    /// @return a group-mod of which [#write] takes care even if a controller could not send it
    static GroupMod add(GroupEntry group) {
        int type = group.type().ordinal();
        return new GroupMod(GroupMod.ADD, group.id(), type, GroupMod.BUCKET_ALL, group);
    }

    /// Reads one.
    ///
    /// @param frame by [#write]
    /// @return a message that adds the same
    /// @throws OpenFlowException if the frame is something else
    public static Message read(byte[] frame) {
        Message message = OpenFlowCodec.decode(frame, true).message();
        return message instanceof StatsReply.GroupDesc d ? add(d.groups().getFirst()) : message;
    }

    /// Whether controllers are told of two in the same way.
    ///
    /// @param a one
    /// @param b another one
    /// @return true if so, since OpenFlow 1.2: the versions before have names of their own for some
    ///   set-fields, and no version has both these and all that is newer
    public static boolean isToldAlike(Message a, Message b) {
        Message c = with(a, b);
        return FORMS.stream()
                .filter(f -> f.version.atLeast(Version.OF12))
                .allMatch(f -> Arrays.equals(f.told(a), f.told(c)));
    }

    /// What a message adds, in one with all else of another; what [SavedCodec] writes beside the
    /// frame is not in every version.
    private static Message with(Message all, Message added) {
        if (!(all instanceof FlowMod a && added instanceof FlowMod b)) {
            return added;
        }
        return new FlowMod(
                a.command(),
                b.match(),
                a.priority(),
                b.table(),
                a.cookie(),
                a.cookieMask(),
                b.newCookie(),
                a.modifyCookie(),
                b.idleTimeout(),
                b.hardTimeout(),
                a.importance(),
                a.bufferId(),
                a.outPort(),
                a.outGroup(),
                a.flags(),
                b.instructions());
    }
}
