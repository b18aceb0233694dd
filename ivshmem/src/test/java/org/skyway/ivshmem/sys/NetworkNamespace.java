package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// A named network namespace of this test run, made with `ip netns`. Sockets that are opened in
/// [#call] stay in it, whichever thread uses them.
final class NetworkNamespace implements AutoCloseable {
    private final String name;

    private NetworkNamespace(String name) {
        this.name = name;
    }

    /// Why namespaces can't be made here; empty if they can.
    static String missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "needs to run as root, to make network namespaces and veth pairs";
        }
        try {
            NetworkNamespace probe = create("probe");
            probe.close();
            return "";
        } catch (IOException e) {
            return "needs to make network namespaces with `ip` (package iproute2): "
                    + e.getMessage();
        }
    }

    static NetworkNamespace create(String name) throws IOException {
        var namespace = new NetworkNamespace("skyway-it-" + ProcessHandle.current().pid() + name);
        command("ip", "netns", "add", namespace.name);
        try {
            namespace.enableIpv6("default", false); // its chatter would mix with the test's frames
            namespace.ip("link set lo up");
        } catch (IOException e) {
            namespace.close();
            throw e;
        }
        return namespace;
    }

    String name() {
        return name;
    }

    void enableIpv6(String end, boolean enabled) throws IOException {
        String file = "/proc/sys/net/ipv6/conf/%s/disable_ipv6".formatted(end);
        exec("sh", "-c", "echo %d > %s".formatted(enabled ? 0 : 1, file));
    }

    /// Runs `ip` in the namespace.
    String ip(String arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of("ip", "-n", name));
        words.addAll(List.of(arguments.split(" ")));
        return command(words.toArray(String[]::new));
    }

    /// Makes a veth pair with its second end in another namespace, both up.
    void veth(String end, NetworkNamespace other, String otherEnd) throws IOException {
        ip("link add %s type veth peer name %s netns %s".formatted(end, otherEnd, other.name));
        ip("link set %s up".formatted(end));
        other.ip("link set %s up".formatted(otherEnd));
    }

    String exec(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(words));
        return command(all.toArray(String[]::new));
    }

    /// Calls something on a thread in the namespace.
    <T> T call(Callable<T> body) throws Exception {
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    enter();
                    return body.call();
                });
        Thread.ofPlatform().name(name).start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /// Removes the namespace and the interfaces in it.
    @Override
    public void close() throws IOException {
        command("ip", "netns", "del", name);
    }

    /// Closes each, whatever becomes of the others; null is one that was never made.
    static void closeAll(NetworkNamespace... namespaces) throws IOException {
        IOException failure = null;
        for (NetworkNamespace namespace : namespaces) {
            try {
                if (namespace != null) {
                    namespace.close();
                }
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void enter() throws IOException {
        int fd = TestCalls.open("/run/netns/" + name, TestCalls.O_RDONLY);
        int rc = TestCalls.enterNetworkNamespace(fd);
        TestCalls.close(fd);
        if (rc != 0) {
            throw new IOException("can't enter the network namespace " + name);
        }
    }

    private static String command(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", words) + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(String.join(" ", words) + " was interrupted", e);
        }
        return output;
    }
}
