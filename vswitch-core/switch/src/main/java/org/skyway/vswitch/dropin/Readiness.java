package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.skyway.agent.log.Log;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells who has started this process that the switch is configured. A JVM can't fork, so
/// `--detach` is the launcher's work: it starts this process in the background and waits for a line
/// in a pipe.
final class Readiness {
    private static final String VARIABLE = "SKYWAY_READY";
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

    private Readiness() {}

    static void tell() {
        System.out.println("skyway: the switch is configured");
        System.out.flush();
        String pipe = System.getenv(VARIABLE);
        if (pipe == null || pipe.isEmpty()) {
            return;
        }
        try {
            // Nobody reads what is printed from here on.
            Log.toFileOnly();
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
            System.setOut(nowhere);
            System.setErr(nowhere);
            if (Files.exists(Path.of(pipe))) {
                Files.writeString(Path.of(pipe), "ready\n", StandardOpenOption.WRITE);
            }
        } catch (IOException e) {
            LOG.warn("can't tell who has started this that it is ready: {}", e.toString());
        }
    }
}
