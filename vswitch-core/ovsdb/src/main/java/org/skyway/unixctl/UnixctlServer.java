package org.skyway.unixctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.skyway.ovsdb.JsonRpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers `ovs-appctl`. A request is `{"id":…,"method":NAME,"params":[STRING…]}`; its answer has
/// the text to be printed as `result` or as `error`. One request of a client is answered after the
/// other. On an event loop.
public final class UnixctlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnixctlServer.class);
    private static final int LONGEST_REQUEST = 1 << 20;
    private static final int MOST_CLIENTS = 64;

    private final Path path;
    private final Map<String, Command> commands = new TreeMap<>();
    private final Set<Channel> clients = new LinkedHashSet<>(); // on the event loop
    private Channel server;

    private UnixctlServer(Path path, Collection<Command> all) {
        this.path = path;
        all.forEach(c -> commands.put(c.name(), c));
        commands.put(
                "list-commands",
                new Command(
                        "list-commands",
                        "",
                        0,
                        0,
                        _ -> CompletableFuture.completedStage(listing())));
    }

    /// Begins to listen.
    ///
    /// @param group whose thread it uses
    /// @param path the socket; one that is there is replaced
    /// @param commands what may be asked for, besides `list-commands`
    /// @return the server
    /// @throws IOException if it can't listen there
    public static UnixctlServer start(EventLoopGroup group, Path path, Collection<Command> commands)
            throws IOException {
        UnixctlServer unixctl = new UnixctlServer(path, commands);
        Files.deleteIfExists(path);
        ServerBootstrap b =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerDomainSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel c) {
                                        unixctl.accepted(c);
                                    }
                                });
        try {
            unixctl.server = b.bind(UnixDomainSocketAddress.of(path)).sync().channel();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening " + path, e);
        } catch (Exception e) { // Netty throws checked ones undeclared, too
            throw new IOException("can't listen on %s: %s".formatted(path, e.getMessage()), e);
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x---"));
        return unixctl;
    }

    private void accepted(Channel c) {
        if (clients.size() >= MOST_CLIENTS) {
            clients.iterator().next().close(); // who came first has had its time
        }
        clients.add(c);
        c.closeFuture().addListener(_ -> clients.remove(c));
        JsonRpc.add(c.pipeline(), LONGEST_REQUEST, new Client(c));
    }

    /// One client.
    private final class Client implements JsonRpc.Receiver {
        private final Channel channel;
        private CompletionStage<Void> before = CompletableFuture.completedStage(null);

        Client(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void received(JsonNode request) {
            // What comes meanwhile waits in the socket.
            channel.config().setAutoRead(false);
            before =
                    before.thenCompose(_ -> result(request))
                            .handle((text, e) -> {
                                answer(request.path("id"), text, e);
                                return null;
                            });
        }

        private void answer(JsonNode id, String text, Throwable e) {
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.set("id", id.isMissingNode() ? JsonNodeFactory.instance.nullNode() : id);
            if (e == null) {
                answer.put("result", text).putNull("error");
            } else {
                Throwable cause = e instanceof CompletionException ? e.getCause() : e;
                if (!(cause instanceof UnixctlException)) {
                    LOG.warn("unixctl: a request failed", cause);
                }
                answer.putNull("result").put("error", cause.getMessage() + "\n");
            }
            channel.writeAndFlush(JsonRpc.bytes(answer))
                    .addListener(_ -> channel.config().setAutoRead(true));
        }

        @Override
        public void ended(String why) {
            LOG.debug("unixctl: a client is gone: {}", why);
        }
    }

    private CompletionStage<String> result(JsonNode request) {
        try {
            JsonNode name = request.path("method");
            JsonNode parameters = request.path("params");
            if (!name.isTextual() || !parameters.isArray()) {
                throw new UnixctlException("a request has a \"method\" and \"params\"");
            }
            List<String> arguments = new ArrayList<>();
            for (JsonNode p : parameters) {
                if (!p.isTextual()) {
                    throw new UnixctlException("the parameters of a request are strings");
                }
                arguments.add(p.textValue());
            }
            return run(name.textValue(), arguments);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<String> run(String name, List<String> arguments) {
        Command command = commands.get(name);
        if (command == null) {
            throw new UnixctlException(
                    "\"%s\" is not a valid command (use \"list-commands\" to see a list of valid commands)"
                            .formatted(name));
        }
        if (arguments.size() < command.least()) {
            throw new UnixctlException(
                    "\"%s\" command requires at least %d arguments"
                            .formatted(name, command.least()));
        }
        if (arguments.size() > command.most()) {
            throw new UnixctlException(
                    "\"%s\" command takes at most %d arguments".formatted(name, command.most()));
        }
        return command.work().run(arguments);
    }

    private String listing() {
        StringBuilder b = new StringBuilder("The available commands are:\n");
        commands.values().stream()
                .filter(c -> !c.usage().equals(Command.UNLISTED))
                .forEach(c -> b.append("  %-23s %s\n".formatted(c.name(), c.usage())));
        return b.toString();
    }

    @Override
    public void close() throws IOException {
        server.close().awaitUninterruptibly();
        Files.deleteIfExists(path);
    }
}
