package org.skyway.experiments.vm.host;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.SocketDialogue;

/// The shell of a plain Linux guest, at a virtio-serial port. One thread at a time.
public final class GuestShell implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final String guest;
    private final Path socket;
    private SocketDialogue dialogue; // null before the first question

    /// The shell of a guest that may not have booted.
    ///
    /// @param guest its name, for messages
    /// @param socket of the port, which QEMU makes
    public GuestShell(String guest, Path socket) {
        this.guest = guest;
        this.socket = socket;
    }

    /// Has the shell do something, and waits for its end. Also waits until the guest has booted.
    ///
    /// @param command for the shell
    /// @return what it printed
    /// @throws ExperimentException if it fails, or the guest does not answer
    public String run(String command) {
        String all = ask(command);
        int status = all.lastIndexOf('\n');
        String text = all.substring(0, Math.max(status, 0));
        if (!all.substring(status + 1).equals("0")) {
            throw new ExperimentException(
                    "`%s` in guest %s ended with status %s: %s"
                            .formatted(command, guest, all.substring(status + 1), text));
        }
        return text;
    }

    /// The same, whatever becomes of it.
    ///
    /// @param command for the shell
    /// @return what it printed
    public String tryTo(String command) {
        String all = ask(command);
        return all.substring(0, Math.max(all.lastIndexOf('\n'), 0));
    }

    // In one line, whatever the command prints.
    private String ask(String command) {
        if (dialogue == null) {
            awaitSocket();
            dialogue = new SocketDialogue("guest " + guest, socket, PATIENCE);
        }
        String answer =
                dialogue.ask(
                        "{ { %s\n} < /dev/null; printf '\\n%%s' $?; } 2>&1 | base64 | tr -d '\\n'; echo"
                                .formatted(command));
        return new String(Base64.getDecoder().decode(answer.strip()), StandardCharsets.UTF_8);
    }

    private void awaitSocket() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(socket)) {
            if (System.nanoTime() - end > 0) {
                throw new ExperimentException("guest %s does not start".formatted(guest));
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ExperimentException("interrupted", e);
            }
        }
    }

    @Override
    public void close() {
        if (dialogue != null) {
            dialogue.close();
        }
    }
}
