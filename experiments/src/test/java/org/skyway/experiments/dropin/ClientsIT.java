package org.skyway.experiments.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.dropin.Clients.Outcome;
import org.skyway.experiments.process.RunFolder;

/// What drives Open vSwitch drives Skyway, and sees no difference.
@Timeout(600)
class ClientsIT {
    private RunFolder folder;
    private Clients clients;

    @BeforeEach
    void make() {
        assumeTrue(DropInLab.missing() == null, DropInLab::missing);
        folder = new RunFolder();
        clients = new Clients(folder.path());
    }

    @AfterEach
    void remove() {
        if (folder != null) {
            folder.close();
        }
    }

    private static void assertSame(int least, List<Outcome> outcomes) {
        List<Outcome> different = outcomes.stream().filter(o -> !o.isSame()).toList();
        assertEquals(List.of(), different);
        assertTrue(outcomes.size() >= least, () -> "only " + outcomes);
    }

    @Test
    void ovsVsctlDoesTheSameAsWithOpenVSwitch() {
        assertSame(60, clients.session("ovs-vsctl", "session.txt"));
    }

    @Test
    void portsFollowTheInterfacesThatTheyAre() {
        assertSame(17, clients.sessionAtOnce("ip link", "interfaces.txt", "interfaces.sh"));
    }

    @Test
    void unOrchestratorsTransactionsDoTheSame() {
        assertSame(6, clients.session("un-orchestrator", "orchestrator.txt"));
    }

    @Test
    void framesLeaveWhereAndAsWithOpenVSwitch() {
        assertSame(3, clients.session("VLANs", "vlans.txt", "vlans.py"));
    }

    @Test
    void bondsSendAndTakeWhatOpenVSwitchsDo() {
        assertSame(22, clients.session("bonds", "bonds.txt", "bonds.py", "vlans.py"));
    }

    @Test
    void serviceScriptsStartRestartAndStopIt() {
        assertSame(15, clients.service());
    }

    @Test
    void scriptsAndProgramsFindWhatTheyExpect() {
        assertSame(21, clients.programs());
    }

    @Test
    void neutronsOwnClassesFindWhatTheyExpect() {
        assertSame(250, clients.neutron());
    }

    @Test
    void mininetsHostsReachEachOther() {
        List<String> said = new ArrayList<>();
        List<Outcome> outcomes = clients.mininet(said::add);
        assertTrue(outcomes.size() == 6, said::toString);
        assertSame(6, outcomes);
    }
}
