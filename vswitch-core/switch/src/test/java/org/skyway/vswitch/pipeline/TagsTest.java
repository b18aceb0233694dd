package org.skyway.vswitch.pipeline;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowKey;
import org.skyway.vswitch.pipeline.Tags.Tag;

class TagsTest {
    private static final int TEN = FlowKey.VLAN_PRESENT | 10;

    private final Tags tags = new Tags(TEN);
    private final Tag own = tags.vlans(TEN).outer();

    private static Tag shown(Tag tag) {
        return new Tag(tag.type(), tag.tci() | FlowKey.VLAN_PRESENT);
    }

    @Test
    void aTagThatStaysIsNotLost() {
        assertFalse(tags.loses(new Vlans(shown(own), Tag.NONE)));
        assertFalse(tags.loses(new Vlans(new Tag(0x88a8, TEN), shown(own))));
    }

    /// Under one that does not show, none does.
    @Test
    void aTagUnderNoneIsLost() {
        assertTrue(tags.loses(new Vlans(Tag.NONE, Tag.NONE)));
        assertTrue(tags.loses(new Vlans(new Tag(0x88a8, 0), shown(own))));
        assertTrue(tags.loses(new Vlans(new Tag(0x88a8, TEN), own)));
    }
}
