package org.skyway.openflow.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skyway.openflow.text.FlowText;

class PrerequisiteTest {
    /// As Open vSwitch says by OFPBMC_BAD_PREREQ: a later fragment has no ports, and yet a type of
    /// ICMP.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    tcp | TCP | true
                    tcp,ip_frag=first | TCP | true
                    tcp,ip_frag=not_later | TCP | true
                    tcp,ip_frag=later | TCP | false
                    udp6,ip_frag=later | UDP | false
                    sctp,ip_frag=later | SCTP | false
                    icmp,ip_frag=later | ICMPV4 | true
                    icmp6,ip_frag=later | ICMPV6 | true
                    ip,nw_proto=6 | TCP | true
                    ip | TCP | false
                    """)
    void isMetByTheSameMatchesAsThere(String match, Prerequisite prerequisite, boolean met) {
        Match m = FlowText.parse(match + ",actions=drop").match();
        long[] values = new long[FlowKey.WORDS];
        long[] masks = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            values[w] = m.value(w);
            masks[w] = m.mask(w);
        }
        assertEquals(met, prerequisite.isMetBy(m));
        assertEquals(met, prerequisite.isMetBy(values, masks));
    }
}
