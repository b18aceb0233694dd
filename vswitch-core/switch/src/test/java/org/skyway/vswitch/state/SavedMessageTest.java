package org.skyway.vswitch.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.text.FlowModText;
import org.skyway.openflow.text.GroupText;
import org.skyway.openflow.text.Names;
import org.skyway.openflow.wire.OpenFlowCodec;

/// What controllers of any version have added is remembered in the way in which they said it.
class SavedMessageTest {
    private static List<byte[]> frames(Version version, Message m) {
        List<byte[]> frames = new ArrayList<>();
        Dialect dialect = version == Version.OF10 ? Dialect.NICIRA : Dialect.STANDARD;
        OpenFlowCodec.encodeAll(new Envelope(version, 1, dialect, false, m), true, frames::add);
        return frames;
    }

    /// As it arrives from a controller.
    private static Message sent(Version version, Message m) {
        return OpenFlowCodec.decode(frames(version, m).getFirst(), true).message();
    }

    private static void assertKept(Message m) {
        Message kept = SavedMessage.read(SavedMessage.write(m));
        if (m instanceof FlowMod a) {
            FlowMod b = (FlowMod) kept;
            assertEquals(a.match(), b.match());
            assertEquals(a.instructions(), b.instructions());
            assertEquals(a.table(), b.table());
            assertEquals(a.newCookie(), b.newCookie());
            assertEquals(a.idleTimeout(), b.idleTimeout());
            assertEquals(a.hardTimeout(), b.hardTimeout());
        } else {
            assertEquals(((GroupMod) m).entry(), ((GroupMod) kept).entry());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip,actions=load:3->NXM_NX_REG1[],load:1->NXM_NX_REG2[3..8],output:1",
                "ip,actions=set_tunnel:5,mod_nw_src:1.2.3.4,mod_nw_tos:16,output:1",
                "ip,actions=mod_vlan_vid:5,mod_vlan_pcp:3,strip_vlan,output:1",
                "tcp,actions=mod_nw_ttl:3,mod_tp_dst:5,load:1->NXM_OF_IP_SRC[0..7],enqueue:1:2",
                "ip,actions=mod_tp_src:3,load:3->NXM_NX_REG1[],output:1",
                "mpls,actions=set_mpls_label:7,set_mpls_tc:3,set_mpls_ttl:9,output:1",
                "sctp,actions=mod_tp_src:9,set_field:8->sctp_dst,clone(load:1->reg0[]),output:1",
                "ip,actions=set_field:3/7->reg1,set_field:9->reg2,move:reg1[]->reg2[],output:1",
                "ip,actions=write_actions(set_field:1.2.3.4->ip_src),goto_table:3",
                "ip,actions=meter:7,load:3->NXM_NX_REG1[],goto_table:3"
            })
    void entries(String text) {
        int said = 0;
        for (Version version : Version.values()) {
            FlowMod m = FlowModText.parse("table=2,cookie=7,idle_timeout=9," + text, Names.NONE);
            try {
                assertKept(sent(version, m));
                said++;
            } catch (IllegalArgumentException e) {
                // this version can't say it
            }
        }
        assertEquals(true, said > 1, said + " versions");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "group_id=1,type=select,bucket=load:3->NXM_NX_REG1[],output:1",
                "group_id=1,type=all,bucket=mod_tp_dst:80,output:1",
                "group_id=1,type=all,bucket=mod_nw_src:1.2.3.4,set_field:3->reg1,output:1"
            })
    void groups(String text) {
        for (Version version : Version.values()) {
            if (version.atLeast(Version.OF11)) {
                assertKept(sent(version, GroupText.parseMod(text, Names.NONE)));
            }
        }
    }

    /// What OpenFlow 1.2 and later would refuse.
    @Test
    void valueThatIsTooWideForItsField() {
        byte[] frame =
                HexFormat.of()
                        .parseHex(
                                "010400600000000c000023200000000d000000000000000000010000000080"
                                        + "00ffffffffffff000000060000000000000000060288470000"
                                        + "ffff001000002320001f490000000000"
                                        + "ffff001000002320001e000003000000");
        FlowMod m = (FlowMod) OpenFlowCodec.decode(frame, true).message();
        Action.SetField first = (Action.SetField) m.instructions().apply().getFirst();
        assertEquals(Field.MPLS_TC, first.field());
        assertEquals(0x49, first.low());
        assertKept(m);
    }

    /// The type of ICMP has 16 bits in OpenFlow 1.0, and matches no packet then.
    @Test
    void matchThatNoPacketHas() {
        byte[] frame =
                HexFormat.of()
                        .parseHex(
                                "010e0050000000020038200f000000000000000000000000000000000000080000010000"
                                        + "000000000000455249434f584d5f4f46000000000000000000008000ffffffffffff"
                                        + "00000000000800010000");
        FlowMod m = (FlowMod) OpenFlowCodec.decode(frame, true).message();
        assertKept(m);
    }
}
