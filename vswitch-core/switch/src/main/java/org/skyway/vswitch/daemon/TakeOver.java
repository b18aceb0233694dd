package org.skyway.vswitch.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.skyway.ivshmem.sys.ProcessDescriptor;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.SwitchConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the switch that runs in a directory hand over to the one that is about to start there. What
/// this one can learn before, it has learned by then, so that the time without a switch is short.
public final class TakeOver {
    /// What [#from] asks for.
    public static final String COMMAND = "hand-over";

    private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);
    private static final int RESTARTS = 40;
    private static final int LAST_WORD_MILLIS = 2_000;
    private static final int PATIENCE_MILLIS = 20_000;

    private final ProcessDescriptor process; // null for none
    private final long pid;
    private final boolean rehearsed;

    private TakeOver(ProcessDescriptor process, long pid, boolean rehearsed) {
        this.process = process;
        this.pid = pid;
        this.rehearsed = rehearsed;
    }

    /// Asks it to hand over. When it has answered it does nothing more, and whatever it had locked
    /// is free; but it is there for a moment yet, because the kernel takes its time with large
    /// processes, and so is all that it has open. Does nothing if there is none.
    ///
    /// @param runDirectory where it runs
    /// @param stateDirectory where this switch will read what that one has left
    /// @param rehearsal how long to try out everything before that
    /// @param manager learns which of the two is the service's process
    /// @return what has come of it
    /// @throws ConfigException if there is one that refuses, or whose end can't be seen; it goes on
    static TakeOver from(
            Path runDirectory, Path stateDirectory, Duration rehearsal, ServiceManager manager) {
        if (!Files.exists(runDirectory.resolve(ControlServer.SOCKET))) {
            return none(false);
        }
        rehearse(rehearsal);
        long before = RunLock.owner(runDirectory);
        ProcessDescriptor process;
        try {
            process = ProcessDescriptor.of(before);
        } catch (IOException e) {
            throw new ConfigException("can't take over: " + e.getMessage(), e);
        }
        manager.mainProcess(ProcessHandle.current().pid());
        try (ControlClient running = new ControlClient(runDirectory)) {
            running.ask(
                    ControlClient.request(COMMAND)
                            .put(
                                    "stateDirectory",
                                    stateDirectory.toAbsolutePath().normalize().toString()));
        } catch (ConfigException e) {
            // Its last word may have been lost with it.
            if (!hasEnded(process)) {
                process.close();
                if (before > 0) {
                    manager.mainProcess(before);
                }
                if (RunLock.isHeld(runDirectory)) {
                    throw new ConfigException("can't take over: " + e.getMessage(), e);
                }
                return none(true);
            }
            LOG.info("the switch before is gone: {}", e.getMessage());
        }
        return new TakeOver(process, before, true);
    }

    /// The same, where the service manager is who the environment says.
    ///
    /// @param runDirectory where it runs
    /// @param state where this switch will read what that one has left
    /// @param config of this switch, which is looked at before
    /// @param rehearsal how long to try out everything before that
    /// @return what has come of it
    /// @throws ConfigException if there is one that refuses, or this one could not start
    public static TakeOver from(
            Path runDirectory, SwitchConfig config, StateOptions state, Duration rehearsal) {
        TakeOverCheck.check(runDirectory, config, state);
        return from(runDirectory, state.directory(), rehearsal, ServiceManager.ofEnvironment());
    }

    private static boolean hasEnded(ProcessDescriptor process) {
        try {
            return process.awaitEnd(LAST_WORD_MILLIS);
        } catch (IOException e) {
            return false;
        }
    }

    /// For a switch that takes over from no other.
    ///
    /// @param rehearsed whether everything was tried out nevertheless
    /// @return nobody
    public static TakeOver none(boolean rehearsed) {
        return new TakeOver(null, 0, rehearsed);
    }

    /// Whether everything was tried out.
    boolean hasRehearsed() {
        return rehearsed;
    }

    /// Whether there was a switch, which has handed over.
    ///
    /// @return false if this one begins without
    public boolean isThere() {
        return process != null;
    }

    /// What is said when this switch can't start.
    ///
    /// @param why a sentence
    /// @param cause of it
    /// @return says as well whether another one was there
    public ConfigException failed(String why, Exception cause) {
        return new ConfigException(
                isThere()
                        ? why
                                + "; the switch before has handed over and is gone: start one with its options, which goes on where it was"
                        : why,
                cause);
    }

    /// Waits until nothing is left of the other process, so that addresses that it listened at are
    /// free.
    ///
    /// @throws ConfigException if it does not end
    public void awaitEnd() {
        if (process == null) {
            return;
        }
        try (process) {
            if (!process.awaitEnd(PATIENCE_MILLIS)) {
                throw new ConfigException(
                        "the switch with process id %d has handed over, but does not end; kill it and start again"
                                .formatted(pid));
            }
        } catch (IOException e) {
            throw new ConfigException("can't take over: " + e.getMessage(), e);
        }
    }

    private static void rehearse(Duration time) {
        try {
            Path directory = Files.createTempDirectory("skyway-rehearsal-");
            try {
                long nanos = time.toNanos();
                Rehearsal.run(directory, nanos / 2, () -> false);
                Rehearsal.restart(directory, RESTARTS, nanos / 2);
            } finally {
                Files.delete(directory);
            }
        } catch (IOException e) {
            LOG.warn("no rehearsal: {}", e.toString());
        }
    }
}
