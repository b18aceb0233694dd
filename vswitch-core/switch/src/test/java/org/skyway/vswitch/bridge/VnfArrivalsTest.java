package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.agent.CombinedAgent;
import org.skyway.agent.PortHost;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.ofproto.ForwardingListener;
import org.skyway.vswitch.pipeline.DatapathAction;

/// VNFs that are gone, or whose agent has given up, before they have got their port: the next one
/// gets it.
@Timeout(60)
class VnfArrivalsTest {
    private static final String PORT = "vnf1";

    @TempDir Path directory;
    private final ExecutorService owner = Executors.newSingleThreadExecutor();
    private RegionStore store;
    private Journal journal;
    private Bridge bridge;
    private PortHost host;

    @BeforeEach
    void startABridgeWithAPort() throws Exception {
        Faults faults = new Faults();
        store = RegionStore.of(directory);
        journal = new Journal(directory, faults);
        bridge = new Bridge(SwitchConfig.defaults(), store, journal, faults, null, null);
        host = bridge.connect(owner, new Nobody(), () -> {});
        on(() -> {
            bridge.start(new CombinedAgent(host), owner);
            return bridge.portChanges().add(new PortConfig(1, PortConfig.Type.DPDKR, PORT));
        });
    }

    @AfterEach
    void stop() throws IOException {
        owner.close();
        bridge.close();
        journal.close();
        store.removeLeftovers(true);
    }

    private static final class Nobody implements ForwardingListener {
        @Override
        public void portChanged(PortState old, PortState now) {}

        @Override
        public void packetIn(byte[] frame, int length, DatapathAction.ToController action) {}

        @Override
        public void learned(DatapathAction.Learned learned) {}
    }

    private <T> T on(Callable<T> work) throws Exception {
        return owner.submit(work).get(20, TimeUnit.SECONDS);
    }

    private CompletableFuture<RegionRef> connect(String program) {
        return host.vnfConnected(PORT, 1, program).toCompletableFuture();
    }

    private String driver() throws Exception {
        return on(() -> {
            var vnf = bridge.ports().byName(PORT).attachment();
            return vnf == null ? null : vnf.program();
        });
    }

    private void assertNextGetsThePort() throws Exception {
        assertNull(driver());
        assertNotNull(connect("next").get(20, TimeUnit.SECONDS));
        assertEquals("next", driver());
    }

    @Test
    void whoIsGoneBeforeAnyIsLetInGetsNothing() throws Exception {
        on(() -> {
            bridge.vnfs().hold();
            return null;
        });
        CompletableFuture<RegionRef> first = connect("first");
        host.vnfDisconnected(PORT, "its agent has given up");
        on(() -> {
            bridge.vnfs().open();
            return null;
        });
        assertThrows(CancellationException.class, () -> cause(first));
        assertNextGetsThePort();
    }

    private static void cause(CompletableFuture<?> failed) throws Throwable {
        try {
            failed.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    /// What the one before has left is forgotten by the poll threads first, so it is under way for
    /// a while.
    @Test
    void whoIsGoneWhileItIsConnectedLeavesThePortFree() throws Exception {
        for (int i = 0; i < 200; i++) {
            CompletableFuture<RegionRef> vnf = connect("vnf " + i);
            host.vnfDisconnected(PORT, "its agent has given up");
            try {
                vnf.get(20, TimeUnit.SECONDS);
            } catch (CancellationException | ExecutionException e) {
                // It was gone before it had the port.
            }
        }
        assertNextGetsThePort();
    }
}
