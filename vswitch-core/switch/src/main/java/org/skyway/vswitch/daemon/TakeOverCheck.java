package org.skyway.vswitch.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.skyway.ivshmem.sys.Affinity;
import org.skyway.ivshmem.sys.HostInterfaces;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.state.StateStore;

/// Looks for what could keep a switch from starting, before another one hands over to it: then
/// there would be none.
final class TakeOverCheck {
    private TakeOverCheck() {}

    /// Checks what can be checked while the other one runs. Addresses to listen at can't: it has
    /// them.
    ///
    /// @param runDirectory where it runs
    /// @param config of the switch that is to start
    /// @param state where it will read what the other one has left
    /// @throws ConfigException if it could not start
    static void check(Path runDirectory, SwitchConfig config, StateOptions state) {
        if (state.forget()) {
            throw new ConfigException(
                    "--take-over goes on where the other switch was, and --forget forgets it; leave out one of them");
        }
        try {
            StateStore.check(state.directory());
        } catch (IOException e) {
            throw new ConfigException(e.getMessage(), e);
        }
        config.cores().forEach(TakeOverCheck::core);
        config.ports().forEach(port -> port(runDirectory, port));
        SwitchConfig.Tls tls = config.tls();
        if (tls != null) {
            for (Path file : List.of(tls.privateKey(), tls.certificate(), tls.caCertificate())) {
                if (!Files.isReadable(file)) {
                    throw new ConfigException("can't read %s; TLS needs it".formatted(file));
                }
            }
        }
    }

    private static void core(int core) {
        CompletableFuture<Void> bound = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> {
                    try {
                        Affinity.pinCurrentThread(core);
                        bound.complete(null);
                    } catch (IllegalArgumentException e) {
                        bound.completeExceptionally(e);
                    }
                });
        try {
            bound.join();
        } catch (CompletionException e) {
            throw new ConfigException(e.getCause().getMessage(), e);
        }
    }

    private static void port(Path runDirectory, PortConfig port) {
        try {
            if (port.type() == PortConfig.Type.NETDEV && !HostInterfaces.have(port.name())) {
                throw new ConfigException(
                        "can't add port %s: there is no interface of that name"
                                .formatted(port.name()));
            }
        } catch (IOException e) {
            throw new ConfigException("can't look for interface " + port.name(), e);
        }
        Path socket = port.socket().path();
        Path folder = socket == null ? null : runDirectory.resolve(socket).getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new ConfigException(
                    "can't add port %s: folder %s of its socket is not there"
                            .formatted(port.name(), folder));
        }
    }
}
