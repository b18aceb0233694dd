package org.skyway.agent;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PeerCheckTest {
    @Test
    void onlyTheOwnUserAndRootAreWelcome() throws Exception {
        assertNull(PeerCheck.refusal("alice", "alice"));
        assertNull(PeerCheck.refusal("root", "alice"));
        String refusal = PeerCheck.refusal("bob", "alice");
        assertTrue(refusal.contains("bob") && refusal.contains("alice"), refusal);
    }
}
