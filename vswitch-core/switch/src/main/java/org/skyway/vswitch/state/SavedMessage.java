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

    private record Form(Version version, Dialect dialect) {
        byte[] encode(Message message) {
            List<byte[]> frames = new ArrayList<>(1);
            Envelope envelope = new Envelope(version, 0, dialect, false, message);
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
    /// @return true if so, in all versions
    public static boolean isToldAlike(Message a, Message b) {
        Message c = with(a, b);
        return FORMS.stream().allMatch(f -> Arrays.equals(f.told(a), f.told(c)));
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
