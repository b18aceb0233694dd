package org.skyway.vswitch.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.skyway.vswitch.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the switch that runs in a directory hand over to the one that is about to start there. What
/// this one can learn before, it has learned by then, so that the time without a switch is short.
final class TakeOver {
    /// What [#from] asks for.
    static final String COMMAND = "hand-over";

    private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);
    private static final long PATIENCE_SECONDS = 20;

    private TakeOver() {}

    /// Asks it, and waits for its end. Does nothing if there is none.
    ///
    /// @param runDirectory where it runs
    /// @param rehearsal how long to try out everything before that
    /// @param manager learns which of the two is the service's process
    /// @return whether it has tried out everything
    /// @throws ConfigException if there is one and it does not end
    static boolean from(Path runDirectory, Duration rehearsal, ServiceManager manager) {
        if (!Files.exists(runDirectory.resolve(ControlServer.SOCKET))) {
            return false;
        }
        rehearse(rehearsal);
        long before = RunLock.owner(runDirectory);
        manager.mainProcess(ProcessHandle.current().pid());
        long pid;
        try (ControlClient running = new ControlClient(runDirectory)) {
            JsonNode answer = running.ask(ControlClient.request(COMMAND));
            pid = answer.get("pid").asLong();
        } catch (ConfigException e) {
            LOG.info("nothing to take over: {}", e.getMessage());
            if (before > 0) {
                manager.mainProcess(before);
            }
            return true; // if it is there all the same, it has the directory's lock
        }
        ProcessHandle process = ProcessHandle.of(pid).orElse(null);
        try {
            if (process != null) {
                process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigException("interrupted while taking over", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new ConfigException(
                    "the switch with process id %d has handed over, but does not end; kill it and start again"
                            .formatted(pid),
                    e);
        }
        return true;
    }

    private static void rehearse(Duration time) {
        try {
            Path directory = Files.createTempDirectory("skyway-rehearsal-");
            try {
                Rehearsal.run(directory, time.toNanos(), () -> false);
            } finally {
                Files.delete(directory);
            }
        } catch (IOException e) {
            LOG.warn("no rehearsal: {}", e.toString());
        }
    }
}
