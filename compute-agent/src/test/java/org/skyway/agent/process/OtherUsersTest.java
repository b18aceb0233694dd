package org.skyway.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.agent.PortAccess;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RunDirectory;

/// Drivers of other users than the switch's: small Perl programs that are started as those.
@Timeout(60)
class OtherUsersTest {
    private static final String SECRET = "open sesame";

    // Says hello, prints what it hears, and whether it can open the regions that it is told of.
    private static final String DRIVER =
            """
            use IO::Socket::UNIX; $| = 1; $SIG{PIPE} = 'IGNORE';
            my ($socket, $port, $secret) = @ARGV;
            my $s = IO::Socket::UNIX->new(Peer => $socket) or print("no connection: $!\\n"), exit;
            my $more = $secret eq "" ? "" : qq(,"secret":"$secret");
            print $s qq({"type":"hello","id":1,"version":2,"port":"$port","pid":0,"program":"p"$more}\\n);
            $s->flush;
            while (my $line = <$s>) {
                chomp $line;
                print "$line\\n";
                if ($line =~ /"path":"([^"]*)"/) {
                    print open(my $f, "+<", $1) ? "opened\\n" : "can't open: $!\\n";
                }
                if ($line =~ /"attach","id":(\\d+)/) { print $s qq({"type":"done","id":$1}\\n); $s->flush; }
            }
            print "hung up\\n";
            """;

    @TempDir Path dir;
    private Path run;
    private TestHost host;
    private ProcessAgent agent;
    private PortAccess access;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RunDirectory.uid() == 0, "needs to run as root, to be other users, too");
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/perl"))
                        && Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "needs perl and setpriv (package util-linux)");
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx--x--x"));
        run = Files.createDirectory(dir.resolve("run"));
        host = new TestHost(dir, "vnf1", "vnf2", "vnf3");
        access = new PortAccess();
        access.grant("vnf1", Set.of(user("nobody")), SECRET);
        access.grant("vnf3", Set.of(user("daemon")), SECRET);
        agent = ProcessAgent.start(run.resolve("pmd.sock"), host, Duration.ofSeconds(5), access);
    }

    @AfterEach
    void stop() {
        if (agent != null) {
            agent.close();
            host.close();
        }
    }

    private static UserPrincipal user(String name) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }

    private final class Driver implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;

        Driver(String user, Path socket, String port, String secret) throws IOException {
            process =
                    new ProcessBuilder(
                                    "setpriv",
                                    "--reuid=" + user,
                                    "--regid=nogroup",
                                    "--clear-groups",
                                    "perl",
                                    "-e",
                                    DRIVER,
                                    socket.toString(),
                                    port,
                                    secret)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            out = process.inputReader(StandardCharsets.UTF_8);
        }

        String line() throws IOException {
            return String.valueOf(out.readLine());
        }

        @Override
        public void close() throws Exception {
            process.destroyForcibly();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private Driver driver(String user, String port, String secret) throws IOException {
        Path socket = RunDirectory.ofOtherUsers(run).resolve("pmd.sock");
        return new Driver(user, socket, port, secret);
    }

    @Test
    void userWhoKnowsTheSecretGetsThePortAndNothingElse() throws Exception {
        try (Driver nobody = driver("nobody", "vnf1", SECRET)) {
            String welcome = nobody.line();
            assertTrue(welcome.contains("\"welcome\""), welcome);
            assertEquals("opened", nobody.line());
            assertEquals("connected vnf1 p", host.event());
            assertEquals(nobody.process.pid(), host.pid);
            Path own = host.region("vnf1").path();
            assertEquals(user("nobody"), Files.getOwner(own));
            assertEquals(
                    "rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
            assertFalse(mayOpen("daemon", own));
            assertFalse(mayOpen("nobody", host.region("vnf2").path()));
        }
        assertEquals("disconnected vnf1", host.event());
    }

    private static boolean mayOpen(String user, Path file) throws Exception {
        Process test =
                new ProcessBuilder(
                                "setpriv",
                                "--reuid=" + user,
                                "--regid=nogroup",
                                "--clear-groups",
                                "test",
                                "-r",
                                file.toString())
                        .start();
        return test.waitFor() == 0;
    }

    @Test
    void linkBetweenTwoUsersIsOpenedByEachAndStaysNeithers() throws Exception {
        try (Driver nobody = driver("nobody", "vnf1", SECRET);
                Driver daemon = driver("daemon", "vnf3", SECRET);
                Region link = host.create("link", RegionHeader.LINK_MAGIC)) {
            for (Driver driver : new Driver[] {nobody, daemon}) {
                assertTrue(driver.line().contains("\"welcome\""));
                assertEquals("opened", driver.line());
            }
            var one = agent.attach("vnf1", 0, TestHost.ref(link), true, "l").toCompletableFuture();
            var two = agent.attach("vnf3", 0, TestHost.ref(link), false, "l").toCompletableFuture();
            one.get(20, TimeUnit.SECONDS);
            two.get(20, TimeUnit.SECONDS);
            for (Driver driver : new Driver[] {nobody, daemon}) {
                assertTrue(driver.line().contains("\"attach\""));
                assertEquals("opened", driver.line());
            }
            assertEquals(user("root"), Files.getOwner(link.path()));
            assertFalse(mayOpen("nobody", link.path()));
            assertFalse(mayOpen("daemon", link.path()));
        }
    }

    @Test
    void wrongSecretOrPortIsRefusedInWords() throws Exception {
        try (Driver driver = driver("nobody", "vnf1", "open barley")) {
            String line = driver.line();
            assertTrue(line.contains("does not know the secret"), line);
            assertEquals("hung up", driver.line());
        }
        try (Driver driver = driver("nobody", "vnf1", "")) {
            assertTrue(driver.line().contains("does not know the secret"));
        }
        for (String port : new String[] {"vnf2", "vnf3", "vnf9"}) {
            try (Driver driver = driver("nobody", port, SECRET)) {
                assertTrue(driver.line().contains("user nobody may not have port " + port));
            }
        }
        assertTrue(host.events.isEmpty(), host.events.toString());
        assertTrue(host.troubles.stream().noneMatch(t -> t.contains(SECRET)));
    }

    @Test
    void userWhomNobodyNamesIsHungUpOn() throws Exception {
        try (Driver driver = driver("bin", "vnf1", SECRET)) {
            assertEquals("hung up", driver.line());
        }
        assertTrue(host.troubles.take().contains("user bin may not connect"));
    }

    @Test
    void socketInTheRunDirectoryIsTheSwitchsOwn() throws Exception {
        try (Driver driver = new Driver("nobody", run.resolve("pmd.sock"), "vnf1", SECRET)) {
            assertTrue(driver.line().contains("no connection"));
        }
    }

    @Test
    void directoryThatOthersMayWriteToIsNotTaken() throws Exception {
        agent.close();
        Path outside = RunDirectory.ofOtherUsers(run);
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwxrwxrwx"));
        var e =
                org.junit.jupiter.api.Assertions.assertThrows(
                        IOException.class,
                        () ->
                                ProcessAgent.start(
                                        run.resolve("pmd.sock"),
                                        host,
                                        Duration.ofSeconds(1),
                                        access));
        assertTrue(e.getMessage().contains("remove it"), e.getMessage());
    }
}
