package org.skyway.ovsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The client with the real `ovsdb-server` and the stock schema.
@Timeout(90)
class OvsdbClientIT {
    private static final Map<String, List<String>> WANTED =
            Map.of(
                    "Open_vSwitch", List.of("bridges", "next_cfg", "cur_cfg", "of_another_release"),
                    "Bridge", List.of("name", "ports", "other_config", "datapath_id"),
                    "Of_Another_Release", List.of("name"));

    @TempDir Path dir;
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private OvsdbServer server;

    /// What a client was told.
    private record Told(String what, Snapshot now, Map<String, Set<String>> columns) {}

    private final class Recorder implements OvsdbClient.Listener {
        private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
        private final OvsdbClient client =
                new OvsdbClient(
                        group,
                        Remote.parse("unix:" + server.socket()),
                        "Open_vSwitch",
                        "ovs_vswitchd",
                        WANTED,
                        this);

        @Override
        public void changed(Snapshot now, Map<String, Set<String>> columns) {
            told.add(new Told("changed", now, columns));
        }

        @Override
        public void lockedOut() {
            told.add(new Told("locked out", null, null));
        }

        @Override
        public void disconnected(String why) {
            told.add(new Told("disconnected", null, null));
        }

        Told await(Predicate<Told> wanted) throws InterruptedException {
            while (true) {
                Told next = told.poll(60, TimeUnit.SECONDS);
                assertTrue(next != null, "nothing more was told");
                if (wanted.test(next)) {
                    return next;
                }
            }
        }

        Told await(String what) throws InterruptedException {
            return await(t -> t.what.equals(what));
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new OvsdbServer(dir);
    }

    @AfterEach
    void stop() throws Exception {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
        server.close();
    }

    @Test
    void followsAndWritesWhatOthersFollow() throws Exception {
        Recorder mine = new Recorder();
        mine.client.start();
        Told first = mine.await("changed");
        assertEquals(null, first.columns);
        Row root = first.now.rows("Open_vSwitch").iterator().next();
        assertFalse(root.columns().containsKey("of_another_release"));
        assertEquals(0L, root.integer("next_cfg"));

        server.vsctl(
                "--no-wait", "add-br", "br0", "--", "set", "bridge", "br0", "other_config:a=b");
        Told bridge = mine.await(t -> t.now != null && !t.now.rows("Bridge").isEmpty());
        Row br0 = bridge.now.rows("Bridge").iterator().next();
        assertEquals("br0", br0.text("name"));
        assertEquals(Map.of("a", "b"), br0.pairs("other_config"));
        assertTrue(bridge.columns.get("Open_vSwitch").contains("bridges"));

        Transaction t = new Transaction();
        t.change("Bridge", br0, "datapath_id", Datum.of("0000000000000001"));
        t.change("Bridge", br0, "name", Datum.of("br0")); // it is so already
        t.change("Bridge", br0, "datapath_version", Datum.of("x")); // nobody asked for it
        assertEquals(1, t.updates().get("Bridge").get(br0.uuid()).size());
        mine.client.transact(t).toCompletableFuture().get();
        assertEquals("\"0000000000000001\"\n", server.vsctl("get", "bridge", "br0", "datapath_id"));

        Transaction wrong = new Transaction();
        wrong.set("Bridge", br0.uuid(), "datapath_id", Datum.of(7L));
        var refused =
                assertThrows(
                        ExecutionException.class,
                        () -> mine.client.transact(wrong).toCompletableFuture().get());
        assertInstanceOf(OvsdbException.class, refused.getCause());
        server.vsctl("--no-wait", "del-br", "br0");
        mine.await(x -> x.now != null && x.now.rows("Bridge").isEmpty());
        mine.client.close();
    }

    @Test
    void onlyOneHoldsTheLockAndTheOtherWaitsForIt() throws Exception {
        Recorder first = new Recorder();
        first.client.start();
        first.await("changed");
        Recorder second = new Recorder();
        second.client.start();
        second.await("locked out");
        Transaction t = new Transaction();
        assertThrows(
                ExecutionException.class,
                () -> second.client.transact(t).toCompletableFuture().get());
        first.client.close();
        assertEquals(null, second.await("changed").columns);
        second.client.close();
    }

    @Test
    void connectsAgainWhenTheServerIsBack() throws Exception {
        Recorder mine = new Recorder();
        mine.client.start();
        mine.await("changed");
        server.stop();
        mine.await("disconnected");
        server.start();
        assertEquals(null, mine.await("changed").columns);
        mine.client.close();
    }
}
