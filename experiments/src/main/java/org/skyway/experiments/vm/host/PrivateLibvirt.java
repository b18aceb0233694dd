package org.skyway.experiments.vm.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.ivshmem.region.RunDirectory;

/// A libvirtd of our own: it needs no service manager, touches no configuration of the host, and
/// ends with this process, whatever way that ends. For root it is a system libvirtd in namespaces
/// of its own; for others, a session libvirtd.
public final class PrivateLibvirt implements AutoCloseable {
    private static final int MOST_AT_ONCE = 9;

    private final Path directory;
    private final Process script;
    private final BufferedReader answers;

    private PrivateLibvirt(Path directory, Process script) {
        this.directory = directory;
        this.script = script;
        answers = script.inputReader(StandardCharsets.UTF_8);
    }

    /// Starts it.
    ///
    /// @param directory for all of its files, or the first of several, of which one is taken that
    ///   nobody uses; its name must be short, for there are sockets in it. Kept between runs, the
    ///   first guest starts sooner
    /// @return the running libvirtd
    /// @throws IOException if it can't be started; the message says why
    public static PrivateLibvirt start(Path directory) throws IOException {
        for (int i = 1; i <= MOST_AT_ONCE; i++) {
            Path own =
                    i == 1
                            ? directory
                            : directory.resolveSibling(directory.getFileName() + "-" + i);
            PrivateLibvirt libvirt = new PrivateLibvirt(own, launch(own));
            if (libvirt.awaitReady()) {
                return libvirt;
            }
            libvirt.close();
        }
        throw new IOException(
                "%s and %d like it are in use; end some of the libvirtd there"
                        .formatted(directory, MOST_AT_ONCE - 1));
    }

    private static Process launch(Path directory) throws IOException {
        return new ProcessBuilder("bash", script(directory).toString(), directory.toString())
                .redirectError(directory.resolve("script.err").toFile())
                .start();
    }

    /// The script that runs it, for other scripts: see its first lines.
    ///
    /// @param directory where it is put
    /// @return the script
    public static Path script(Path directory) {
        Path copy = directory.resolve("private-libvirtd.sh");
        try (InputStream script = PrivateLibvirt.class.getResourceAsStream("private-libvirtd.sh")) {
            Files.createDirectories(directory);
            // Whoever else runs it must not see it half written.
            Path fresh = Files.createTempFile(directory, "script", ".sh");
            Files.copy(script, fresh, StandardCopyOption.REPLACE_EXISTING);
            Files.move(fresh, copy, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ExperimentException("can't write " + copy + ": " + e.getMessage(), e);
        }
        return copy;
    }

    /// What is missing on this host to run guests.
    ///
    /// @return the command that installs it; null if nothing is missing
    public static String missing() {
        boolean daemon = Files.isExecutable(Path.of("/usr/sbin/libvirtd"));
        boolean qemu = Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64"));
        return daemon && qemu
                ? null
                : "apt-get install --no-install-recommends qemu-system-x86 libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients";
    }

    /// How to connect to it.
    ///
    /// @return a libvirt URI
    public String uri() {
        return RunDirectory.uid() == 0
                ? "qemu+unix:///system?socket=" + directory.resolve("run/libvirt-sock")
                : "qemu+unix:///session?socket=" + directory.resolve("r/libvirt/libvirt-sock");
    }

    /// Kills the daemon and starts it again; guests go on.
    ///
    /// @throws IOException if it does not come back
    public void restart() throws IOException {
        say("restart");
        awaitReady();
    }

    /// Has the daemon hang (SIGSTOP) until [#resume]. Guests go on.
    public void pause() {
        signal("pause");
    }

    /// Lets the daemon go on.
    public void resume() {
        signal("resume");
    }

    private void signal(String command) {
        try {
            say(command);
            if (!"ready".equals(answers.readLine())) {
                throw new IOException("it is gone");
            }
        } catch (IOException e) {
            throw new ExperimentException("can't %s libvirtd: %s".formatted(command, e), e);
        }
    }

    private void say(String command) throws IOException {
        script.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        script.getOutputStream().flush();
    }

    /// @return false if the directory is in use
    private boolean awaitReady() throws IOException {
        String line = answers.readLine();
        if ("busy".equals(line)) {
            return false;
        }
        if (!"ready".equals(line)) {
            throw new IOException(
                    "libvirtd does not start in %s: %s %s"
                            .formatted(
                                    directory,
                                    line == null ? "" : line,
                                    Files.readString(directory.resolve("script.err")).strip()));
        }
        return true;
    }

    /// Ends it, and all of its guests.
    @Override
    public void close() {
        try {
            script.getOutputStream().close();
            if (!script.waitFor(20, TimeUnit.SECONDS)) {
                script.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            script.destroyForcibly();
        } catch (InterruptedException e) {
            script.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
