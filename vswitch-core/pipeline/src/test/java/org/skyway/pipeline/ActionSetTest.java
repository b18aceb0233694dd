package org.skyway.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;

/// Orders by OpenFlow 1.3.5, "Action Set", and by `ovs-actions(7)`.
class ActionSetTest {
    private static void assertOrder(String expected, String written) {
        assertEquals(
                FlowText.parseActions(expected, Match.ANY),
                ActionSet.inOrder(FlowText.parseActions(written, Match.ANY)));
    }

    @Test
    void orderIsThatOfTheSpecification() {
        assertOrder(
                "pop_vlan,pop_mpls:0x0800,push_mpls:0x8847,push_vlan:0x8100,dec_ttl,set_field:1->reg0,output:1",
                "output:1,set_field:1->reg0,dec_ttl,push_vlan:0x8100,push_mpls:0x8847,pop_mpls:0x0800,pop_vlan");
    }

    @Test
    void lastOfAKindCountsButFieldsAreAllWritten() {
        assertOrder(
                "push_vlan:0x88a8,set_field:1->reg0,set_field:2->reg0,output:2",
                "push_vlan:0x8100,set_field:1->reg0,output:1,push_vlan:0x88a8,set_field:2->reg0,output:2");
    }

    @Test
    void groupTakesThePlaceOfAnOutputAndThatOfACall() {
        assertOrder("group:1", "group:1,output:2,resubmit(,3)");
        assertOrder("output:2", "output:2,resubmit(,3)");
        assertOrder("resubmit(,4)", "resubmit(,3),resubmit(,4)");
    }

    @Test
    void nothingIsDoneWithoutAnEnd() {
        assertEquals(List.of(), ActionSet.inOrder(List.of()));
        assertEquals(
                List.of(),
                ActionSet.inOrder(FlowText.parseActions("dec_ttl,output:reg0[]", Match.ANY)));
    }
}
