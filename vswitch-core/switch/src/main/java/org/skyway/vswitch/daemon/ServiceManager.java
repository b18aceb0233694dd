package org.skyway.vswitch.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.skyway.ivshmem.sys.UnixDatagram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells whoever started this process as a service what becomes of it: sd_notify(3). Does nothing
/// where nobody wants to know. That it can't is no error.
///
/// A switch that takes over says that it is the service's main process before it has the one before
/// end, whose end would be the service's otherwise. A manager reads what it was told before it
/// looks for processes that ended, so there is no race.
final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    /// Sends a message.
    interface Sender {
        /// @throws IOException if it can't
        void send(byte[] message) throws IOException;
    }

    private final Sender sender; // null if nobody wants to know
    private boolean failed; // once said, that is enough

    ServiceManager(Sender sender) {
        this.sender = sender;
    }

    /// The one that the environment names.
    static ServiceManager ofEnvironment() {
        String socket = System.getenv("NOTIFY_SOCKET");
        return new ServiceManager(
                socket == null || socket.isEmpty()
                        ? null
                        : message -> UnixDatagram.send(socket, message));
    }

    /// The switch is ready, and this is its process.
    ///
    /// @param status for people; one line
    void ready(String status) {
        say("READY=1\nMAINPID=%d\nSTATUS=%s".formatted(ProcessHandle.current().pid(), status));
    }

    /// Another process is the service's main one from now on.
    ///
    /// @param pid of the switch that serves
    void mainProcess(long pid) {
        say("MAINPID=" + pid);
    }

    /// The switch begins to end.
    void stopping() {
        say("STOPPING=1");
    }

    private void say(String message) {
        if (sender == null) {
            return;
        }
        try {
            sender.send(message.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            if (!failed) {
                LOG.warn("the service manager is not told how the switch is: {}", e.getMessage());
            }
            failed = true;
        }
    }
}
