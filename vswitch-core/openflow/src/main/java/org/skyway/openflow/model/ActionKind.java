package org.skyway.openflow.model;

import static org.skyway.openflow.model.ActionKind.Argument.*;
import static org.skyway.openflow.model.Prerequisite.*;
import static org.skyway.openflow.model.SetPlace.*;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/// Every kind of action, one row each.
///
/// ```
/// record    of the action
/// set       its place in an action set
/// needs     what packets must be for it to make sense; nothing more than it says of fields
/// ```
///
/// Those that have a number or nothing to say have all of it in their row. What others have on the
/// wire and as text stands in a table of the codecs' and one of the texts'.
///
/// ```
/// text      names in ovs-ofctl's notation; printed is the first
/// 1.0       code in OpenFlow 1.0: of(...) is a standard action's, nx(...) Nicira's
/// later     code since OpenFlow 1.1
/// since     the wire version that has it first; a standard action is not told to older ones
/// argument  what follows the code
/// make, of  the record of an argument, and back
/// ```
///
/// Sources: OpenFlow 1.0.1, 1.3.5 and 1.5.1, "Action Structures"; Open vSwitch's `ovs-actions(7)`.
public enum ActionKind {
    // spotless:off
    //                record                           set          needs text                  1.0     later   since argument   make                                   of
    /// [Action.Group].
    GROUP(            Action.Group.class,              HAND,        NONE, "group",              nx(40), of(22), 1,    NUMBER,    Action.Group::new,                     Action.Group::id),
    /// [Action.SetQueue].
    SET_QUEUE(        Action.SetQueue.class,           WRITE,       NONE, "set_queue",          nx(4),  of(21), 1,    NUMBER,    Action.SetQueue::new,                  Action.SetQueue::queue),
    /// [Action.PopQueue].
    POP_QUEUE(        Action.PopQueue.class,           REFUSED,     NONE, "pop_queue",          nx(5),  nx(5),  1,    NOTHING,   _ -> new Action.PopQueue(),            _ -> 0),
    /// [Action.Meter].
    METER(            Action.Meter.class,              REFUSED,     NONE, "meter",              none(), of(29), 6,    NUMBER,    Action.Meter::new,                     Action.Meter::id),
    /// [Action.PushVlan].
    PUSH_VLAN(        Action.PushVlan.class,           PUSH_TAG,    NONE, "push_vlan",          none(), of(17), 2,    TAG,       Action.PushVlan::new,                  Action.PushVlan::etherType),
    /// [Action.PopVlan].
    POP_VLAN(         Action.PopVlan.class,            POP_TAG,     NONE, "pop_vlan strip_vlan",of(3),  of(18), 1,    NOTHING,   _ -> new Action.PopVlan(),             _ -> 0),
    /// [Action.PushMpls].
    PUSH_MPLS(        Action.PushMpls.class,           PUSH_LABEL,  NONE, "push_mpls",          nx(23), of(19), 1,    LABEL,     Action.PushMpls::new,                  Action.PushMpls::etherType),
    /// [Action.PopMpls].
    POP_MPLS(         Action.PopMpls.class,            POP_LABEL,   MPLS, "pop_mpls",           nx(24), of(20), 1,    ETHERTYPE, Action.PopMpls::new,                   Action.PopMpls::etherType),
    /// [Action.SetMplsTtl].
    SET_MPLS_TTL(     Action.SetMplsTtl.class,         WRITE,       MPLS, "set_mpls_ttl",       nx(25), of(15), 1,    BYTE,      Action.SetMplsTtl::new,                Action.SetMplsTtl::ttl),
    /// [Action.DecMplsTtl].
    DEC_MPLS_TTL(     Action.DecMplsTtl.class,         LOWER_LABEL, MPLS, "dec_mpls_ttl",       nx(26), of(16), 1,    NOTHING,   _ -> new Action.DecMplsTtl(),          _ -> 0),
    /// [Action.DecNshTtl].
    DEC_NSH_TTL(      Action.DecNshTtl.class,          LOWER_NSH,   NSH,  "dec_nsh_ttl",        nx(48), nx(48), 4,    NOTHING,   _ -> new Action.DecNshTtl(),           _ -> 0),
    /// [Action.CtClear].
    CT_CLEAR(         Action.CtClear.class,            UNDONE,      NONE, "ct_clear",           nx(43), nx(43), 1,    NOTHING,   _ -> new Action.CtClear(),             _ -> 0),
    /// [Action.Exit].
    EXIT(             Action.Exit.class,               REFUSED,     NONE, "exit",               nx(17), nx(17), 1,    NOTHING,   _ -> new Action.Exit(),                _ -> 0),
    // with more to say
    /// [Action.Output].
    OUTPUT(           Action.Output.class,             SEND,        NONE),
    /// [Action.OutputReg].
    OUTPUT_REG(       Action.OutputReg.class,          REFUSED,     NONE),
    /// [Action.OutputTruncated].
    OUTPUT_TRUNCATED( Action.OutputTruncated.class,    REFUSED,     NONE),
    /// [Action.Enqueue].
    ENQUEUE(          Action.Enqueue.class,            REFUSED,     NONE),
    /// [Action.Controller].
    CONTROLLER(       Action.Controller.class,         REFUSED,     NONE),
    /// [Action.SetVlanVid].
    SET_VLAN_VID(     Action.SetVlanVid.class,         WRITE,       NONE),
    /// [Action.SetVlanPcp].
    SET_VLAN_PCP(     Action.SetVlanPcp.class,         WRITE,       NONE),
    /// [Action.SetField].
    SET_FIELD(        Action.SetField.class,           WRITE,       NONE),
    /// [Action.SetPort].
    SET_PORT(         Action.SetPort.class,            WRITE,       NONE),
    /// [Action.Load].
    LOAD(             Action.Load.class,               WRITE,       NONE),
    /// [Action.Move].
    MOVE(             Action.Move.class,               WRITE,       NONE),
    /// [Action.StackPush].
    STACK_PUSH(       Action.StackPush.class,          REFUSED,     NONE),
    /// [Action.StackPop].
    STACK_POP(        Action.StackPop.class,           REFUSED,     NONE),
    /// [Action.DecTtl].
    DEC_TTL(          Action.DecTtl.class,             LOWER_IP,    IP),
    /// [Action.Resubmit].
    RESUBMIT(         Action.Resubmit.class,           CALL,        NONE),
    /// [Action.Note].
    NOTE(             Action.Note.class,               REFUSED,     NONE),
    /// [Action.CheckPacketLarger].
    CHECK_PKT_LARGER( Action.CheckPacketLarger.class,  REFUSED,     NONE),
    /// [Action.Clone].
    CLONE(            Action.Clone.class,              REFUSED,     NONE),
    /// [Action.Conjunction].
    CONJUNCTION(      Action.Conjunction.class,        REFUSED,     NONE),
    /// [Action.Learn].
    LEARN(            Action.Learn.class,              REFUSED,     NONE),
    /// [Action.FinTimeout].
    FIN_TIMEOUT(      Action.FinTimeout.class,         REFUSED,     NONE),
    /// [Action.Multipath].
    MULTIPATH(        Action.Multipath.class,          REFUSED,     NONE),
    /// [Action.Bundle].
    BUNDLE(           Action.Bundle.class,             REFUSED,     NONE),
    /// [Action.Opaque].
    OPAQUE(           Action.Opaque.class,             REFUSED,     NONE);
    // spotless:on

    /// What an action has to say.
    public enum Argument {
        /// Nothing.
        NOTHING(0, false),
        /// A number of 8 bits.
        BYTE(1, false),
        /// A number of 32 bits.
        NUMBER(4, false),
        /// An Ethernet type.
        ETHERTYPE(2, true),
        /// The Ethernet type of a VLAN tag.
        TAG(2, true, 0x8100, 0x88a8),
        /// The Ethernet type of an MPLS label.
        LABEL(2, true, 0x8847, 0x8848);

        private final int bytes;
        private final boolean hex;
        private final List<Integer> allowed;

        Argument(int bytes, boolean hex, Integer... allowed) {
            this.bytes = bytes;
            this.hex = hex;
            this.allowed = List.of(allowed);
        }

        /// How long it is on the wire.
        ///
        /// @return bytes; 0 for none
        public int bytes() {
            return bytes;
        }

        /// Whether text has it in hexadecimal digits.
        ///
        /// @return false for decimal ones
        public boolean hex() {
            return hex;
        }

        /// What it may be.
        ///
        /// @return the values; none if it may be any
        public List<Integer> allowed() {
            return allowed;
        }
    }

    /// Stands for a code that there is not.
    public static final int NO = -1;

    private static final int NICIRA = 1 << 16;
    private static final Map<Class<?>, ActionKind> BY_RECORD = new HashMap<>();

    static {
        for (ActionKind kind : values()) {
            BY_RECORD.put(kind.type, kind);
        }
    }

    private final Class<? extends Action> type;
    private final SetPlace place;
    private final Prerequisite needs;
    private final List<String> names;
    private final int codeOf10;
    private final int code;
    private final int since;
    private final Argument argument;
    private final IntFunction<? extends Action> make;
    private final ToIntFunction<Action> value;

    ActionKind(Class<? extends Action> type, SetPlace place, Prerequisite needs) {
        this(type, place, needs, "", NO, NO, 1, null, null, null);
    }

    <A extends Action> ActionKind(
            Class<A> type,
            SetPlace place,
            Prerequisite needs,
            String names,
            int codeOf10,
            int code,
            int since,
            Argument argument,
            IntFunction<A> make,
            ToIntFunction<A> value) {
        this.type = type;
        this.place = place;
        this.needs = needs;
        this.names = List.of(names.split(" "));
        this.codeOf10 = codeOf10;
        this.code = code;
        this.since = since;
        this.argument = argument;
        this.make = make;
        this.value = action -> value.applyAsInt(type.cast(action));
    }

    private static int none() {
        return NO;
    }

    private static int of(int type) {
        return type;
    }

    private static int nx(int subtype) {
        return NICIRA | subtype;
    }

    /// The row of an action.
    ///
    /// @param action any
    /// @return its row
    public static ActionKind of(Action action) {
        return BY_RECORD.get(action.getClass());
    }

    /// The record of such actions.
    ///
    /// @return a class that nothing else has
    public Class<? extends Action> type() {
        return type;
    }

    /// Its place in an action set.
    ///
    /// @return [SetPlace#REFUSED] if it has none
    public SetPlace place() {
        return place;
    }

    /// What packets must be for it to make sense, other than what its fields need.
    ///
    /// @return [Prerequisite#NONE] for most
    public Prerequisite needs() {
        return needs;
    }

    /// Whether all that there is to say of it stands here.
    ///
    /// @return true if it has a number or nothing to say
    public boolean isPlain() {
        return argument != null;
    }

    /// Its names as text.
    ///
    /// @return one or more, the first of which is printed, if it [#isPlain]
    public List<String> names() {
        return names;
    }

    /// Its code in a version, if it [#isPlain].
    ///
    /// @param version wire version
    /// @return OFPAT_ or, if it [#isNicira], NXAST_ code; [#NO] if there is none
    public int code(int version) {
        return version == 1 ? codeOf10 : code;
    }

    /// Whether a code is one of Nicira's actions.
    ///
    /// @param code as from [#code], whose lower 16 bits are the number
    /// @return false for OpenFlow's own
    public static boolean isNicira(int code) {
        return code >= NICIRA;
    }

    /// The first version that has it, if it [#isPlain].
    ///
    /// @return wire version
    public int since() {
        return since;
    }

    /// What it has to say, if it [#isPlain].
    ///
    /// @return what follows its code
    public Argument argument() {
        return argument;
    }

    /// The action with an argument, if it [#isPlain].
    ///
    /// @param value the argument; 0 for none
    /// @return the action
    public Action make(int value) {
        return make.apply(value);
    }

    /// The argument of an action of this kind, if it [#isPlain].
    ///
    /// @param action the action
    /// @return the argument; 0 for none
    public int value(Action action) {
        return value.applyAsInt(action);
    }
}
