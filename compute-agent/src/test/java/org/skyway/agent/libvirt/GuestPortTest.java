package org.skyway.agent.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.agent.AgentException;
import org.skyway.agent.PortHost;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.Introduce;
import org.skyway.bypass.control.ControlMessage.Ping;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.control.ControlMessage.State;
import org.skyway.bypass.control.ControlMessage.Welcome;

/// The conversation with a driver, played over the kind of socket that QEMU makes of a
/// virtio-serial port. Plugging devices needs a real QEMU and is tested with one.
@Timeout(30)
class GuestPortTest {
    /// A test in which a driver does not answer in time; in others it may take as long as the
    /// machine has other things to do.
    private static final String IMPATIENT = "impatient";

    private static final RegionRef LINK = new RegionRef(6, 4096, "/dev/shm/link");
    private static final RegionRef REGION = new RegionRef(5, 4096, "/dev/shm/port");

    @TempDir Path directory;
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final BlockingQueue<Runnable> hanging = new LinkedBlockingQueue<>();
    private volatile boolean hangs; // whether calls of libvirt wait in `hanging`
    private ServerSocketChannel qemu;
    private Guest guest;
    private GuestPort port;

    @BeforeEach
    void aDomainWithOnePort(TestInfo test) throws IOException {
        Duration timeout =
                test.getTags().contains(IMPATIENT)
                        ? Duration.ofMillis(500)
                        : Duration.ofSeconds(20);
        Path socket = directory.resolve("pmd.sock");
        qemu = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        qemu.bind(UnixDomainSocketAddress.of(socket));
        var description =
                new GuestDescription(
                        Map.of("vnf1", "org.skyway.pmd.0"),
                        Set.of(),
                        Map.of("org.skyway.pmd.0", socket),
                        Map.of(),
                        List.of(),
                        OptionalInt.empty());
        guest =
                new Guest(
                        "vm1",
                        description,
                        () -> null,
                        control,
                        call -> (hangs ? (Executor) hanging::add : control).execute(call));
        port =
                new GuestPort(
                        "vnf1",
                        guest,
                        new Host(),
                        control,
                        listener ->
                                new GuestChannel("port vnf1", socket, control, timeout, listener));
        port.start();
    }

    @AfterEach
    void end() throws Exception {
        control.submit(() -> port.close("the test ends")).get();
        control.shutdownNow();
        qemu.close();
    }

    @Test
    void asksForAHelloUntilItHearsOne() throws Exception {
        try (ControlChannel driver = accept()) {
            assertInstanceOf(Introduce.class, driver.receive());
            assertInstanceOf(Introduce.class, driver.receive());
            Welcome welcome = hello(driver, 77, "vnf1");
            assertEquals(77, welcome.id());
            assertEquals(REGION.regionId(), welcome.region().regionId());
            assertNull(welcome.region().path(), "a guest can't open files of the host");
            assertEquals("connected vnf1 0", seen.take());
            assertEquals("ready vnf1", seen.take());
        }
    }

    @Test
    void aDriverThatStartsAgainIsAnotherVnf() throws Exception {
        try (ControlChannel driver = accept()) {
            hello(driver, 1, "vnf1");
            hello(driver, 2, "vnf1");
            assertEquals("connected vnf1 0", seen.take());
            assertEquals("ready vnf1", seen.take());
            assertEquals("disconnected vnf1", seen.take());
            assertEquals("connected vnf1 0", seen.take());
        }
    }

    @Test
    void aDriverThatComesBackKeepsItsLinksAndTheirDevices() throws Exception {
        try (ControlChannel driver = accept()) {
            Hello hello = new Hello(1, ControlMessage.VERSION, "vnf1", 0, "test");
            driver.send(hello.withRegion(REGION.regionId()));
            assertInstanceOf(Welcome.class, next(driver));
            Ping ping = assertInstanceOf(Ping.class, next(driver));
            driver.send(new Done(ping.id()));
            assertEquals("returned vnf1 5", seen.take());
            assertEquals("ready vnf1", seen.take());
            assertEquals(List.of("ua-skyway-link-6 for vnf1"), report());
            CompletableFuture<Void> detached =
                    CompletableFuture.supplyAsync(() -> port.detach(3), control)
                            .thenCompose(d -> d);
            Detach detach = assertInstanceOf(Detach.class, next(driver));
            assertEquals(3, detach.slot());
            driver.send(new Done(detach.id()));
            while (!report().equals(List.of("ua-skyway-link-6 leaving"))) {
                Thread.sleep(5);
            }
            control.submit(() -> guest.removed(LinkDevice.alias(LINK))).get();
            detached.get();
        }
    }

    @Test
    void aDriverWhoseRegionIsMadeAnewIsRefusedUntilItHasLeftIt() throws Exception {
        try (ControlChannel driver = accept()) {
            Hello hello = new Hello(1, ControlMessage.VERSION, "vnf1", 0, "test");
            driver.send(hello.withRegion(4L));
            Failed failed = assertInstanceOf(Failed.class, next(driver));
            assertEquals("it has to begin anew", failed.reason());
            hello(driver, 2, "vnf1");
            assertEquals("returned vnf1 4", seen.take());
            assertEquals("connected vnf1 0", seen.take());
        }
    }

    private List<String> report() throws Exception {
        return control.submit(() -> guest.report()).get();
    }

    @Test
    void aGuestMayNotClaimThePortOfAnother() throws Exception {
        try (ControlChannel driver = accept()) {
            driver.send(new Hello(9, ControlMessage.VERSION, "vnf2", 0, "test"));
            Failed failed = assertInstanceOf(Failed.class, next(driver));
            assertEquals(9, failed.id());
            assertTrue(failed.reason().contains("port vnf1's, not vnf2's"), failed::reason);
        }
    }

    @Test
    void anotherVersionIsRefused() throws Exception {
        try (ControlChannel driver = accept()) {
            driver.send(new Hello(9, 99, "vnf1", 0, "test"));
            Failed failed = assertInstanceOf(Failed.class, next(driver));
            assertTrue(failed.reason().contains("version 99"), failed::reason);
        }
    }

    @Test
    void newerDriverIsSpokenToAndHearsOfItsPortsState() throws Exception {
        try (ControlChannel driver = accept()) {
            driver.send(
                    new Hello(
                            9,
                            99,
                            "vnf1",
                            0,
                            "test",
                            null,
                            1,
                            List.of("fly", ControlMessage.STATE)));
            Welcome welcome = assertInstanceOf(Welcome.class, next(driver));
            assertEquals(ControlMessage.VERSION, welcome.version());
            driver.send(new Done(assertInstanceOf(Ping.class, next(driver)).id()));
            control.submit(() -> port.administer(false)).get();
            State state = assertInstanceOf(State.class, next(driver));
            assertEquals(false, state.up());
            driver.send(new ControlMessage.Unknown(77));
            Failed failed = assertInstanceOf(Failed.class, next(driver));
            assertEquals(new Failed(77, ControlMessage.UNKNOWN), failed);
        }
    }

    @Test
    void lineThatCanNotBeReadIsRefusedUnderItsId() throws Exception {
        try (var channel = qemu.accept()) {
            channel.write(
                    java.nio.ByteBuffer.wrap(
                            "{\"type\":\"hello\",\"id\":78,\"version\":[]}\n"
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            Failed failed = assertInstanceOf(Failed.class, next(new ControlChannel(channel)));
            assertEquals(78, failed.id());
        }
    }

    @Test
    void aLostChannelIsMadeAnew() throws Exception {
        try (ControlChannel driver = accept()) {
            hello(driver, 1, "vnf1");
        }
        assertEquals("connected vnf1 0", seen.take());
        assertEquals("ready vnf1", seen.take());
        assertEquals("disconnected vnf1", seen.take());
        try (ControlChannel driver = accept()) {
            assertInstanceOf(Introduce.class, driver.receive());
        }
    }

    @Test
    void withoutLibvirtALinkFailsAndSaysWhy() throws Exception {
        try (ControlChannel driver = accept()) {
            hello(driver, 1, "vnf1");
            seen.take();
            seen.take();
            String failure = failure(attach());
            assertTrue(failure.contains("libvirt can't be reached"), failure);
        }
    }

    @Test
    void aDriverIsAskedWhileLibvirtStillPlugsTheDeviceIn() throws Exception {
        try (ControlChannel driver = accept()) {
            hello(driver, 1, "vnf1");
            var attached = attachWhileLibvirtHangs();
            Attach attach = assertInstanceOf(Attach.class, next(driver));
            driver.send(new Done(attach.id()));
            assertFalse(attached.isDone(), "libvirt has not said yet that the device is there");
            hanging.take().run();
            assertTrue(failure(attached).contains("libvirt can't be reached"));
        }
    }

    @Test
    void aDriverIsToldWhenTheDeviceWillNotCome() throws Exception {
        try (ControlChannel driver = accept()) {
            hello(driver, 1, "vnf1");
            var attached = attachWhileLibvirtHangs();
            assertInstanceOf(Attach.class, next(driver));
            hanging.take().run();
            failure(attached);
            Detach detach = assertInstanceOf(Detach.class, next(driver));
            assertEquals(0, detach.slot());
        }
    }

    @Test
    @Tag(IMPATIENT)
    void aDriverThatDoesNotAnswerFailsTheLink() throws Exception {
        try (ControlChannel driver = accept()) {
            hello(driver, 1, "vnf1");
            theDeviceIsThere();
            var attached = attach();
            assertInstanceOf(Attach.class, next(driver));
            String failure = failure(attached);
            assertTrue(failure.contains("did not answer Attach"), failure);
            assertTrue(failure.contains("is the guest stuck?"), failure);
            // It may have mapped the region after all, so it is told to let go.
            assertInstanceOf(Detach.class, next(driver));
        }
    }

    @Test
    @Tag(IMPATIENT)
    void aDriverThatIsSlowToLetGoIsAskedUntilItHas() throws Exception {
        try (ControlChannel driver = accept()) {
            hello(driver, 1, "vnf1");
            driver.send(
                    new ControlMessage.Unknown(77)); // answered after the ping's answer is heard
            assertInstanceOf(Failed.class, next(driver));
            theDeviceIsThere("vnf1");
            var attached = attach();
            driver.send(new Done(assertInstanceOf(Attach.class, next(driver)).id()));
            attached.get();
            var detached = CompletableFuture.supplyAsync(() -> port.detach(0), control).get();
            assertInstanceOf(Detach.class, next(driver));
            String failure = failure(detached);
            assertTrue(failure.contains("did not answer Detach"), failure);
            assertInstanceOf(Ping.class, next(driver));
            // It still says nothing; then it does.
            Ping again = assertInstanceOf(Ping.class, next(driver));
            assertTrue(devices().endsWith("for vnf1"), "it may be mapped");
            driver.send(new Done(again.id()));
            while (!devices().endsWith(" leaving")) {
                Thread.sleep(5);
            }
        }
    }

    private String devices() throws Exception {
        return control.submit(() -> String.join(" ", guest.report())).get();
    }

    @Test
    void aDriverThatSaysNoFailsTheLinkWithItsReason() throws Exception {
        try (ControlChannel driver = accept()) {
            hello(driver, 1, "vnf1");
            theDeviceIsThere();
            var attached = attach();
            Attach attach = assertInstanceOf(Attach.class, next(driver));
            driver.send(new Failed(attach.id(), "no ivshmem device has region 6"));
            String failure = failure(attached);
            assertTrue(failure.endsWith("no ivshmem device has region 6"), failure);
        }
    }

    @Test
    void garbageEndsTheConversationOnly() throws Exception {
        try (var bytes = qemu.accept()) {
            bytes.write(java.nio.ByteBuffer.wrap("no JSON\n".getBytes()));
            try (ControlChannel driver = accept()) {
                hello(driver, 4, "vnf1");
                assertEquals("connected vnf1 0", seen.take());
            }
        }
    }

    @Test
    void aPausedGuestGetsNoLinks() throws Exception {
        try (ControlChannel driver = accept()) {
            hello(driver, 1, "vnf1");
            seen.take();
            seen.take();
            control.submit(() -> guest.paused(true)).get();
            String failure = failure(attach());
            assertTrue(failure.contains("vm1 is paused"), failure);
            assertFalse(guest.report().toString().contains("ua-skyway"));
        }
    }

    private CompletableFuture<Void> attach() throws Exception {
        return CompletableFuture.supplyAsync(() -> port.attach(0, LINK, true, "a<->b"), control)
                .get();
    }

    private CompletableFuture<Void> attachWhileLibvirtHangs() throws Exception {
        hangs = true;
        return attach();
    }

    private static String failure(CompletableFuture<Void> attached) {
        ExecutionException e =
                assertThrows(ExecutionException.class, () -> attached.get(20, TimeUnit.SECONDS));
        return e.getCause().getMessage();
    }

    // As if another port of the domain had had it plugged in.
    private void theDeviceIsThere() throws Exception {
        theDeviceIsThere("vnf2");
    }

    private void theDeviceIsThere(String user) throws Exception {
        assertEquals("connected vnf1 0", seen.take());
        assertEquals("ready vnf1", seen.take());
        var description =
                new GuestDescription(
                        guest.description().ports(),
                        Set.of(),
                        guest.description().channels(),
                        Map.of(LinkDevice.alias(LINK), new GuestDescription.Memory("link", 2)),
                        List.of(),
                        OptionalInt.empty());
        control.submit(() -> guest.describedAs(description, Set.of(user))).get();
    }

    private ControlChannel accept() throws IOException {
        return new ControlChannel(qemu.accept());
    }

    /// Says hello, and answers the ping that follows the welcome.
    private Welcome hello(ControlChannel driver, long id, String name) throws IOException {
        driver.send(new Hello(id, ControlMessage.VERSION, name, 0, "test"));
        Welcome welcome = assertInstanceOf(Welcome.class, next(driver));
        Ping ping = assertInstanceOf(Ping.class, next(driver));
        driver.send(new Done(ping.id()));
        return welcome;
    }

    private static ControlMessage next(ControlChannel driver) throws IOException {
        ControlMessage message = driver.receive();
        while (message instanceof Introduce) {
            message = driver.receive();
        }
        return message;
    }

    private final class Host implements PortHost {
        @Override
        public CompletionStage<RegionRef> vnfConnected(String name, long pid, String program) {
            seen.add("connected " + name + " " + pid);
            return CompletableFuture.completedFuture(REGION);
        }

        @Override
        public CompletionStage<Returned> vnfReturned(
                String name, long pid, String program, long regionId) {
            seen.add("returned " + name + " " + regionId);
            return regionId == REGION.regionId()
                    ? CompletableFuture.completedFuture(new Returned(REGION, Map.of(3, LINK)))
                    : CompletableFuture.failedFuture(new AgentException("it has to begin anew"));
        }

        @Override
        public void vnfReady(String name) {
            seen.add("ready " + name);
        }

        @Override
        public void vnfDisconnected(String name, String reason) {
            seen.add("disconnected " + name);
        }
    }
}
