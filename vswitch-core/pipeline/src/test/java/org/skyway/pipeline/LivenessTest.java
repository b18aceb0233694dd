package org.skyway.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.GroupText;

/// What OpenFlow 1.3.5, "Group Types", and Open vSwitch say of buckets that watch something.
class LivenessTest {
    private final Map<Integer, GroupEntry> groups = new HashMap<>();

    private GroupEntry group(String text) {
        GroupEntry group = GroupText.parse(text);
        groups.put(group.id(), group);
        return group;
    }

    /// Port 1 is up, port 2 has no link.
    private static PortState port(int number) {
        return number == 1 || number == 2
                ? new PortState(number, "p", number, 0, number - 1, 0, 0, 0, 0, 0, 0)
                : null;
    }

    private List<Integer> usable(GroupEntry group) {
        return new Liveness(LivenessTest::port, groups::get).usable(group);
    }

    @Test
    void fastFailoverTakesTheFirstThatIsLive() {
        assertEquals(
                List.of(1),
                usable(
                        group(
                                "group_id=1,type=ff,bucket=watch_port:2,actions=1,bucket=watch_port:1,actions=2,bucket=watch_port:1,actions=3")));
    }

    @Test
    void selectTakesAllThatAreLiveAndHaveAWeight() {
        assertEquals(
                List.of(0, 3),
                usable(
                        group(
                                "group_id=1,type=select,bucket=actions=1,bucket=weight:0,actions=2,bucket=watch_port:3,actions=3,bucket=watch_port:1,actions=4")));
    }

    @Test
    void groupIsLiveIfOneOfItsBucketsIs() {
        group("group_id=2,type=ff,bucket=watch_port:2,actions=1,bucket=watch_group:3,actions=1");
        group("group_id=3,type=ff,bucket=watch_port:1,actions=1");
        assertEquals(
                List.of(0), usable(group("group_id=1,type=ff,bucket=watch_group:2,actions=1")));
        groups.remove(3);
        assertEquals(List.of(), usable(groups.get(1)));
    }

    @Test
    void groupsThatWatchEachOtherInACircleAreNotLive() {
        group("group_id=2,type=ff,bucket=watch_group:1,actions=1,bucket=watch_group:2,actions=1");
        assertEquals(List.of(), usable(group("group_id=1,type=ff,bucket=watch_group:2,actions=1")));
    }
}
