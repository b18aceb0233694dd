package org.skyway.openflow.model;

import java.util.List;

/// What is done to a packet. OpenFlow 1.0's `set_…` actions arrive here as [SetField]; [Load] is
/// `NXAST_REG_LOAD`.
///
/// Sources: OpenFlow 1.3.5, "Action Structures"; Open vSwitch's `ovs-actions(7)` for the Nicira
/// extensions.
public sealed interface Action {
    /// The part of a field that it reads.
    ///
    /// @return null for none
    default SubField source() {
        return null;
    }

    /// The part of a field that it writes, other than by a mask of its own.
    ///
    /// @return null for none
    default SubField target() {
        return null;
    }

    /// Which field it writes.
    ///
    /// @return null for none
    default Field written() {
        return target() == null ? null : target().field();
    }

    /// Sends the packet out of a port.
    ///
    /// @param port a port number or one of [OfPort]'s
    /// @param maxLength bytes of the packet to send to the controller if `port` is
    ///   [OfPort#CONTROLLER]; 0xffff for all
    record Output(int port, int maxLength) implements Action {}

    /// Sends the packet out of a port whose number is in a field.
    ///
    /// @param source where the number is
    /// @param maxLength as in [Output]
    record OutputReg(SubField source, int maxLength) implements Action {}

    /// Sends at most so much of the packet to a port (`NXAST_OUTPUT_TRUNC`).
    ///
    /// @param port the port; of those that stand for several, none is sent to
    /// @param maxLength bytes, at least an Ethernet header; unsigned
    record OutputTruncated(int port, int maxLength) implements Action {
        /// The least of a packet that can be sent: an Ethernet header, in bytes.
        public static final int MIN_LENGTH = 14;

        /// Whether so little can't be sent.
        ///
        /// @param maxLength bytes; unsigned
        /// @return true if it is less than [#MIN_LENGTH]
        public static boolean isTooShort(int maxLength) {
            return Integer.compareUnsigned(maxLength, MIN_LENGTH) < 0;
        }
    }

    /// Sends the packet out of a port by a queue of its.
    ///
    /// @param port a port number or [OfPort#IN_PORT]
    /// @param queue the queue's id
    record Enqueue(int port, int queue) implements Action {}

    /// Sends the packet to the controllers, with more to say than [Output] can.
    ///
    /// @param maxLength bytes of the packet to send
    /// @param reason OFPR_ code of the packet-in
    /// @param controllerId which controllers: those whose id this is
    /// @param userdata comes along in an `NXT_PACKET_IN2`; may be empty
    /// @param pause stops the pipeline here until the controller resumes it
    /// @param meterId the meter that the copy passes; 0 for none
    record Controller(
            int maxLength, int reason, int controllerId, Bytes userdata, boolean pause, int meterId)
            implements Action {}

    /// Hands the packet to a group.
    ///
    /// @param id the group's id
    record Group(int id) implements Action {}

    /// Chooses the queue for later outputs.
    ///
    /// @param queue the queue's id
    record SetQueue(int queue) implements Action {}

    /// Back to the queue that was chosen when the packet came in.
    record PopQueue() implements Action {}

    /// Applies a meter (OpenFlow 1.5).
    ///
    /// @param id the meter's id
    record Meter(int id) implements Action {}

    /// Puts a new outermost VLAN tag on.
    ///
    /// @param etherType 0x8100 or 0x88a8
    record PushVlan(int etherType) implements Action {}

    /// Takes the outermost VLAN tag off; does nothing if there is none.
    record PopVlan() implements Action {}

    /// OpenFlow 1.0 and 1.1: sets the VLAN id, and adds a tag if there is none.
    ///
    /// @param vid 0 to 4095
    /// @param push whether to add a tag where there is none
    record SetVlanVid(int vid, boolean push) implements Action {}

    /// OpenFlow 1.0 and 1.1: sets the VLAN priority, and adds a tag if there is none.
    ///
    /// @param pcp 0 to 7
    /// @param push whether to add a tag where there is none
    record SetVlanPcp(int pcp, boolean push) implements Action {}

    /// Puts a new MPLS label on.
    ///
    /// @param etherType 0x8847 or 0x8848
    record PushMpls(int etherType) implements Action {}

    /// Takes the outermost MPLS label off.
    ///
    /// @param etherType what the packet is then
    record PopMpls(int etherType) implements Action {}

    /// Writes a field.
    ///
    /// @param field which
    /// @param high bits 127 to 64 of the value
    /// @param low bits 63 to 0 of the value; bits outside the field's width are told to others only
    /// @param maskHigh which of the high bits to write
    /// @param maskLow which of the low bits to write
    /// @param form how it was said, which is how it is told to others
    record SetField(Field field, long high, long low, long maskHigh, long maskLow, Form form)
            implements Action {
        /// What says on the wire that a field is set, where there is more than one way.
        public enum Form {
            /// A set-field; with a mask if some bits are not written.
            SET_FIELD,
            /// A set-field with a mask though it writes all bits.
            MASKED,
            /// Nicira's load of up to 64 bits; one for each run of bits that are written.
            REG_LOAD,
            /// Nicira's load that can name every field; with a mask if some bits are not written.
            LOAD,
            /// Such a load with a mask though it writes all bits.
            MASKED_LOAD,
            /// An action for this field alone.
            OWN_ACTION,
            /// An action for this field alone, the one with the longer value.
            OWN_LONG_ACTION
        }

        /// A set-field.
        ///
        /// @param field which
        /// @param high bits 127 to 64 of the value
        /// @param low bits 63 to 0 of the value
        /// @param maskHigh which of the high bits to write
        /// @param maskLow which of the low bits to write
        public SetField(Field field, long high, long low, long maskHigh, long maskLow) {
            this(field, high, low, maskHigh, maskLow, Form.SET_FIELD);
        }

        /// Writes all of a field of up to 64 bits.
        ///
        /// @param field not a wide one
        /// @param value right-aligned
        public SetField(Field field, long value) {
            this(field, value, Form.SET_FIELD);
        }

        /// Writes all of a field of up to 64 bits.
        ///
        /// @param field not a wide one
        /// @param value right-aligned
        /// @param form how it was said
        public SetField(Field field, long value, Form form) {
            this(field, 0, value, 0, field.whole(), form);
        }

        @Override
        public Field written() {
            return field;
        }

        /// Whether all bits of the field are written.
        ///
        /// @return true if so
        public boolean isWhole() {
            return maskLow == field.whole() && (!field.wide() || maskHigh == -1);
        }
    }

    /// OpenFlow 1.0 and 1.1: sets a port of TCP, UDP or SCTP, or the type or code of ICMP,
    /// whichever the packet has. Where it is known which port that is, this is a [SetField].
    ///
    /// @param destination which port; the source's place is that of the type
    /// @param port its new number
    record SetPort(boolean destination, int port) implements Action {
        private static final List<Field> SOURCES =
                List.of(
                        Field.TCP_SRC,
                        Field.UDP_SRC,
                        Field.SCTP_SRC,
                        Field.ICMPV4_TYPE,
                        Field.ICMPV6_TYPE);
        private static final List<Field> DESTINATIONS =
                List.of(
                        Field.TCP_DST,
                        Field.UDP_DST,
                        Field.SCTP_DST,
                        Field.ICMPV4_CODE,
                        Field.ICMPV6_CODE);

        /// The fields of which it writes the one that the packet has.
        ///
        /// @return of different protocols
        public List<Field> fields() {
            return destination ? DESTINATIONS : SOURCES;
        }

        /// The port that packets have.
        ///
        /// @param match what is known of them
        /// @return null if it is not known that they have one
        public Field fieldOf(Match match) {
            for (Field f : fields()) {
                if (f.prerequisite().isOfPorts()
                        && f.prerequisite().protocol() == match.exact(Field.IP_PROTO)) {
                    return f;
                }
            }
            return null;
        }
    }

    /// Writes a value into part of a field (`NXAST_REG_LOAD`).
    ///
    /// @param target where to
    /// @param value right-aligned
    record Load(SubField target, long value) implements Action {}

    /// Copies bits from one field to another of the same width.
    ///
    /// @param source where from
    /// @param target where to
    record Move(SubField source, SubField target) implements Action {}

    /// Pushes part of a field onto a stack that lives as long as the packet is in the pipeline.
    ///
    /// @param source what to push
    record StackPush(SubField source) implements Action {}

    /// Pops the stack into part of a field.
    ///
    /// @param target where to
    record StackPop(SubField target) implements Action {}

    /// Decrements the IP TTL; where it would reach 0, sends the packet to the controllers instead.
    ///
    /// @param controllerIds which controllers; `[0]` for the plain action
    record DecTtl(List<Integer> controllerIds) implements Action {}

    /// Sets the outermost MPLS label's TTL.
    ///
    /// @param ttl 0 to 255
    record SetMplsTtl(int ttl) implements Action {}

    /// Decrements the outermost MPLS label's TTL.
    record DecMplsTtl() implements Action {}

    /// Decrements the TTL of a network service header; where it would reach 0, sends the packet to
    /// the controllers instead.
    record DecNshTtl() implements Action {}

    /// Looks the packet up in another table and comes back.
    ///
    /// @param inPort the ingress port to pretend; [OfPort#IN_PORT] for the present one
    /// @param table the table; 255 for the present one
    /// @param withConntrack whether the original direction's connection tracking fields are used
    ///   (`resubmit(…,ct)`)
    record Resubmit(int inPort, int table, boolean withConntrack) implements Action {}

    /// Does nothing; carries bytes for whoever reads the flow table.
    ///
    /// @param data the bytes
    record Note(Bytes data) implements Action {}

    /// Writes whether the packet is longer than so many bytes into a bit, for what follows in the
    /// same list of actions, in the tables that it goes on to, and in the action set.
    ///
    /// @param length bytes, from the Ethernet header on
    /// @param target one bit
    record CheckPacketLarger(int length, SubField target) implements Action {}

    /// Forgets what connection tracking found out; nothing tracks connections here.
    record CtClear() implements Action {}

    /// Does its actions on a copy of the packet and of the pipeline's state.
    ///
    /// @param actions what to do
    record Clone(List<Action> actions) implements Action {}

    /// Marks this flow as one clause of a conjunctive match.
    ///
    /// @param id the conjunction's id
    /// @param clause 0-based
    /// @param clauses how many there are
    record Conjunction(int id, int clause, int clauses) implements Action {}

    /// Adds or changes a flow for each packet, made from its fields.
    ///
    /// @param idleTimeout seconds
    /// @param hardTimeout seconds
    /// @param priority the new flow's
    /// @param cookie the new flow's
    /// @param flags NX_LEARN_F_ bits
    /// @param table where to
    /// @param finIdleTimeout seconds
    /// @param finHardTimeout seconds
    /// @param limit how many flows it may make; 0 for any
    /// @param resultTarget where to write whether it could; null for nowhere
    /// @param specs what the new flow matches and does
    record Learn(
            int idleTimeout,
            int hardTimeout,
            int priority,
            long cookie,
            int flags,
            int table,
            int finIdleTimeout,
            int finHardTimeout,
            int limit,
            SubField resultTarget,
            List<LearnSpec> specs)
            implements Action {}

    /// Lowers this flow's timeouts when it sees a TCP FIN or RST.
    ///
    /// @param idleTimeout seconds
    /// @param hardTimeout seconds
    record FinTimeout(int idleTimeout, int hardTimeout) implements Action {}

    /// Chooses a link by a hash and writes its number to a field.
    ///
    /// @param fields NX_HASH_FIELDS_ code
    /// @param basis seed of the hash
    /// @param algorithm NX_MP_ALG_ code
    /// @param maxLink highest link number
    /// @param argument the algorithm's
    /// @param target where to
    record Multipath(
            int fields, int basis, int algorithm, int maxLink, long argument, SubField target)
            implements Action {}

    /// Chooses a live member port.
    ///
    /// @param algorithm NX_BD_ALG_ code
    /// @param fields NX_HASH_FIELDS_ code
    /// @param basis seed of the hash
    /// @param target where to write the port (`bundle_load`); null to output to it
    /// @param members port numbers
    record Bundle(int algorithm, int fields, int basis, SubField target, List<Integer> members)
            implements Action {}

    /// Leaves the pipeline.
    record Exit() implements Action {}

    /// An action that is read and told to others, and has no effect in this switch.
    ///
    /// @param name as `ovs-ofctl` names it
    /// @param wire its whole encoding
    record Opaque(String name, Bytes wire) implements Action {}
}
