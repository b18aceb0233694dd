package org.skyway.openflow.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skyway.openflow.message.ErrorCode;

/// Durations, of which a peer may tell more nanoseconds than a second has.
class DurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 5, 1000000005",
        "1, 4294967295, 5294967295",
        "4294967294, 999999999, 4294967294999999999",
        "4294967294, 4294967295, 4294967294999999999",
        "4294967295, 4294967295, 4294967294999999999"
    })
    void areReadAgainAsTheyWereRead(long seconds, long nanos, long expected) {
        WireWriter out = new WireWriter();
        out.u32((int) seconds).u32((int) nanos);
        long read = FlowRows.duration(reader(out));
        assertEquals(expected, read);
        out.clear();
        FlowRows.putDuration(out, read);
        assertEquals(read, FlowRows.duration(reader(out)));
        assertEquals(read, PortRows.duration(reader(out)), "all ones are another thing");
    }

    private static WireReader reader(WireWriter out) {
        return new WireReader(out.head(out.size()), 0, out.size(), ErrorCode.OFPBRC_BAD_LEN);
    }
}
