package org.skyway.openflow.wire;

import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.SubField;

/// Writes actions in the form that a version has for them, or the Nicira extension where it has
/// none, as Open vSwitch does.
final class ActionEncoder {
    private final WireWriter out;
    private final Version version;
    private boolean tagged; // whether the packet surely has a VLAN tag at this point

    private ActionEncoder(WireWriter out, Version version, Match match) {
        this.out = out;
        this.version = version;
        this.tagged = (match.valueOf(Field.VLAN_TCI) & FlowKey.VLAN_PRESENT) != 0;
    }

    /// Writes a list.
    ///
    /// @param match of the entry that has the actions; tells whether a tag must be pushed
    static void put(WireWriter out, List<Action> actions, Version version, Match match) {
        ActionEncoder e = new ActionEncoder(out, version, match);
        for (Action a : actions) {
            e.put(a);
        }
    }

    private boolean old() {
        return version == Version.OF10;
    }

    private void put(Action action) {
        switch (action) {
            case Action.Output a -> output(a.port(), a.maxLength());
            case Action.OutputReg a -> outputReg(a);
            case Action.OutputTruncated a -> {
                int start = nicira(39);
                out.u16(PortNumbers.to16(a.port())).u32(a.maxLength());
                end(start);
            }
            case Action.Enqueue a -> enqueue(a);
            case Action.Controller a -> controller(a);
            case Action.Group a -> number(22, 40, a.id());
            case Action.SetQueue a -> number(21, 4, a.queue());
            case Action.PopQueue a -> end(nicira(5));
            case Action.Meter a -> {
                if (version.atLeast(Version.OF15)) {
                    number(29, 0, a.id());
                }
            }
            case Action.PushVlan a -> {
                tagged = true;
                if (!old()) {
                    small(17, a.etherType());
                }
            }
            case Action.PopVlan a -> {
                tagged = false;
                end(standard(old() ? 3 : 18));
            }
            case Action.SetVlanVid a -> vlan(a.push(), 1, Field.VLAN_VID, a.vid(), 0x1000);
            case Action.SetVlanPcp a -> vlan(a.push(), 2, Field.VLAN_PCP, a.pcp(), 0);
            case Action.PushMpls a -> mpls(19, 23, a.etherType());
            case Action.PopMpls a -> mpls(20, 24, a.etherType());
            case Action.SetField a -> new SetFieldEncoder(out, version).put(a);
            case Action.Load a -> new SetFieldEncoder(out, version).load(a.target(), a.value());
            case Action.Move a -> move(a);
            case Action.StackPush a -> stack(27, a.source());
            case Action.StackPop a -> stack(28, a.target());
            case Action.DecTtl a -> decTtl(a);
            case Action.SetMplsTtl a -> {
                int start = old() ? nicira(25) : standard(15);
                out.u8(a.ttl());
                end(start);
            }
            case Action.DecMplsTtl a -> end(old() ? nicira(26) : standard(16));
            case Action.DecNshTtl a -> end(nicira(48));
            case Action.CtClear a -> end(nicira(43));
            case Action.CheckPacketLarger a -> {
                OxmTable.Row row = OxmTable.of(a.target().field(), OxmTable.NXM);
                int start = nicira(49);
                out.u16(a.length()).u16(a.target().offset());
                OxmCodec.putHeader(out, row, false);
                out.zeros(24 - (out.size() - start));
                end(start);
            }
            case Action.Resubmit a -> resubmit(a);
            case Action.Note a -> {
                int start = nicira(8);
                out.bytes(a.data());
                end(start);
            }
            case Action.Clone a -> {
                int start = nicira(42);
                out.zeros(6);
                put(out, a.actions(), version, Match.ANY);
                end(start);
            }
            case Action.Conjunction a -> {
                int start = nicira(34);
                out.u8(a.clause()).u8(a.clauses()).u32(a.id());
                end(start);
            }
            case Action.Learn a -> {
                boolean second = LearnCodec.needsSecond(a);
                int start = nicira(second ? 45 : 16);
                LearnCodec.put(out, a, second);
                end(start);
            }
            case Action.FinTimeout a -> {
                int start = nicira(19);
                out.u16(a.idleTimeout()).u16(a.hardTimeout());
                end(start);
            }
            case Action.Multipath a -> multipath(a);
            case Action.Bundle a -> bundle(a);
            case Action.Exit a -> end(nicira(17));
            case Action.Opaque a -> out.bytes(a.wire());
        }
    }

    private int standard(int type) {
        int start = out.size();
        out.u16(type).u16(0);
        return start;
    }

    private int nicira(int subtype) {
        return nicira(out, subtype);
    }

    static int nicira(WireWriter out, int subtype) {
        int start = out.size();
        out.u16(ActionCodec.EXPERIMENTER).u16(0).u32(ErrorCode.NICIRA).u16(subtype);
        return start;
    }

    private void end(int start) {
        end(out, start);
    }

    static void end(WireWriter out, int start) {
        out.pad8(start);
        out.setU16(start + 2, out.size() - start);
    }

    private void small(int type, int value) {
        int start = standard(type);
        out.u16(value);
        end(start);
    }

    /// An action with a number of 32 bits: standard, or Nicira's in OpenFlow 1.0.
    private void number(int type, int subtype, int value) {
        int start;
        if (old()) {
            start = nicira(subtype);
            out.zeros(2);
        } else {
            start = standard(type);
        }
        out.u32(value);
        end(start);
    }

    private void output(int port, int maxLength) {
        int start = standard(0);
        if (old()) {
            out.u16(PortNumbers.to16(port));
        } else {
            out.u32(port);
        }
        out.u16(maxLength);
        end(start);
    }

    private void outputReg(Action.OutputReg a) {
        OxmTable.Row row = OxmTable.of(a.source().field(), OxmTable.NXM);
        int range = range(a.source());
        if (row.experimenter()) {
            int start = nicira(32);
            out.u16(range).u16(a.maxLength());
            OxmCodec.putHeader(out, row, false);
            out.zeros(24 - (out.size() - start));
            end(start);
        } else {
            int start = nicira(15);
            out.u16(range).u32(row.head(false)).u16(a.maxLength());
            end(start);
        }
    }

    static int range(SubField s) {
        return s.offset() << 6 | s.bits() - 1;
    }

    private void enqueue(Action.Enqueue a) {
        if (old()) {
            int start = standard(11);
            out.u16(PortNumbers.to16(a.port())).zeros(6).u32(a.queue());
            end(start);
        } else {
            number(21, 4, a.queue());
            output(a.port(), 0xffff);
            end(nicira(5));
        }
    }

    private void controller(Action.Controller a) {
        if (a.userdata().length() == 0 && !a.pause() && a.meterId() == 0) {
            int start = nicira(20);
            out.u16(a.maxLength()).u16(a.controllerId()).u8(a.reason());
            end(start);
            return;
        }
        int start = nicira(37);
        out.zeros(6);
        if (a.maxLength() != 0xffff) {
            Properties.u16(out, 0, a.maxLength());
        }
        if (a.controllerId() != 0) {
            Properties.u16(out, 1, a.controllerId());
        }
        if (a.reason() != 1) {
            Properties.u8(out, 2, a.reason());
        }
        if (a.userdata().length() != 0) {
            Properties.bytes(out, 3, a.userdata());
        }
        if (a.pause()) {
            Properties.flag(out, 4);
        }
        if (a.meterId() != 0) {
            Properties.u32(out, 5, a.meterId());
        }
        end(start);
    }

    private void vlan(boolean push, int oldType, Field field, int value, int present) {
        if (old()) {
            int start = standard(oldType);
            if (oldType == 1) {
                out.u16(value);
            } else {
                out.u8(value);
            }
            end(start);
        } else {
            if (push && !tagged) {
                small(17, 0x8100);
            }
            new SetFieldEncoder(out, version).setWhole(field, value | present);
        }
        tagged |= push;
    }

    private void mpls(int type, int subtype, int etherType) {
        int start = old() ? nicira(subtype) : standard(type);
        out.u16(etherType);
        end(start);
    }

    private void move(Action.Move a) {
        boolean standard = version.atLeast(Version.OF15);
        int v = standard ? version.number() : OxmTable.NXM;
        OxmTable.Row source = OxmTable.of(a.source().field(), v);
        OxmTable.Row target = OxmTable.of(a.target().field(), v);
        int start = standard ? standard(28) : nicira(6);
        out.u16(a.target().bits()).u16(a.source().offset()).u16(a.target().offset());
        if (standard) {
            out.zeros(2);
        }
        OxmCodec.putHeader(out, source, false);
        OxmCodec.putHeader(out, target, false);
        end(start);
    }

    private void stack(int subtype, SubField s) {
        OxmTable.Row row = OxmTable.of(s.field(), OxmTable.NXM);
        int start = nicira(subtype);
        out.u16(s.offset());
        OxmCodec.putHeader(out, row, false);
        out.u16(s.bits());
        out.zeros(24 - (out.size() - start));
        end(start);
    }

    private void decTtl(Action.DecTtl a) {
        if (a.controllerIds().equals(List.of(0))) {
            end(old() ? nicira(18) : standard(24));
            return;
        }
        int start = nicira(21);
        out.u16(a.controllerIds().size()).zeros(4);
        for (int id : a.controllerIds()) {
            out.u16(id);
        }
        end(start);
    }

    private void resubmit(Action.Resubmit a) {
        boolean plain = a.table() == 255 && !a.withConntrack();
        int start = nicira(plain ? 1 : a.withConntrack() ? 44 : 14);
        out.u16(PortNumbers.to16(a.inPort()));
        if (!plain) {
            out.u8(a.table());
        }
        end(start);
    }

    private void multipath(Action.Multipath a) {
        OxmTable.Row row = OxmTable.of(a.target().field(), OxmTable.NXM);
        int start = nicira(10);
        out.u16(a.fields())
                .u16(a.basis())
                .zeros(2)
                .u16(a.algorithm())
                .u16(a.maxLink())
                .u32((int) a.argument())
                .zeros(2)
                .u16(range(a.target()))
                .u32(row.head(false));
        end(start);
    }

    private void bundle(Action.Bundle a) {
        OxmTable.Row row =
                a.target() == null ? null : OxmTable.of(a.target().field(), OxmTable.NXM);
        int start = nicira(row == null ? 12 : 13);
        out.u16(a.algorithm())
                .u16(a.fields())
                .u16(a.basis())
                .u32(OxmTable.of(Field.IN_PORT_NXM, OxmTable.NXM).head(false))
                .u16(a.members().size())
                .u16(row == null ? 0 : range(a.target()))
                .u32(row == null ? 0 : row.head(false))
                .zeros(4);
        for (int port : a.members()) {
            out.u16(PortNumbers.to16(port));
        }
        end(start);
    }
}
