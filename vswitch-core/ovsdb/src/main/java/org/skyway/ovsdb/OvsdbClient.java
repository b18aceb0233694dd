package org.skyway.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a connection to a database server: connects, and connects again after a pause that doubles
/// with each failure; learns the schema, asks for the lock, and has itself told of the columns that
/// are wanted and there. A connection that is silent is probed, and given up if it stays so.
///
/// All happens on one thread, an event loop; the methods may be called on any.
public final class OvsdbClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OvsdbClient.class);

    /// The first contents of a large database are told in one message.
    private static final int LONGEST_MESSAGE = 256 << 20;

    private static final int MOST_BACKOFF_SECONDS = 8;
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final EventLoop loop;
    private final Remote remote;
    private final String database;
    private final String lock;
    private final Map<String, List<String>> wanted;
    private final Listener listener;
    private int backoffSeconds;
    private Session session; // null while there is no connection
    private boolean closed;

    /// Who is told what happens. On the client's event loop; must not block it.
    public interface Listener {
        /// The contents are known, or have changed. While another client holds the lock, nobody is
        /// told.
        ///
        /// @param now what the database holds
        /// @param columns those that changed, by table; null for all, since the connection is new
        void changed(Snapshot now, Map<String, Set<String>> columns);

        /// Another client holds the lock, or has taken it away.
        void lockedOut();

        /// There is no connection any more; another is tried.
        ///
        /// @param why a clause
        void disconnected(String why);
    }

    /// A client that does nothing before [#start].
    ///
    /// @param group whose thread it uses
    /// @param remote where the server is
    /// @param database its database
    /// @param lock that it holds while it is at work
    /// @param wanted columns by table; those that the server has not are done without
    /// @param listener is told what happens
    public OvsdbClient(
            EventLoopGroup group,
            Remote remote,
            String database,
            String lock,
            Map<String, List<String>> wanted,
            Listener listener) {
        loop = group.next();
        this.remote = remote;
        this.database = database;
        this.lock = lock;
        this.wanted = wanted;
        this.listener = listener;
    }

    /// Begins to connect.
    public void start() {
        loop.execute(this::connect);
    }

    private void connect() {
        if (closed) {
            return;
        }
        Session next = new Session();
        new Bootstrap()
                .group(loop)
                .channel(remote.isUnix() ? NioDomainSocketChannel.class : NioSocketChannel.class)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel c) {
                                JsonRpc.add(c.pipeline(), LONGEST_MESSAGE, next);
                            }
                        })
                .connect(remote.address())
                .addListener((ChannelFuture f) -> {
                    if (f.isSuccess()) {
                        next.begin(f.channel());
                    } else {
                        next.ended(f.cause().getMessage());
                    }
                });
    }

    private void again(String why) {
        session = null;
        if (closed) {
            return;
        }
        backoffSeconds = Math.min(MOST_BACKOFF_SECONDS, Math.max(1, 2 * backoffSeconds));
        LOG.debug("{}: {}; trying again in {} s", remote.text(), why, backoffSeconds);
        loop.schedule(this::connect, backoffSeconds, TimeUnit.SECONDS);
        listener.disconnected(why);
    }

    /// Makes changes, if the lock is held.
    ///
    /// @param transaction the changes; not to be used any more
    /// @return completes when they are made, and the listener has been told of them; fails with an
    ///   [OvsdbException] if they were not
    public CompletionStage<Void> transact(Transaction transaction) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (session == null || !session.holds) {
                done.completeExceptionally(
                        new OvsdbException(
                                "%s: the lock %s is not held".formatted(remote.text(), lock)));
                return;
            }
            session.transact(transaction, done);
        });
        return done;
    }

    @Override
    public void close() {
        loop.submit(
                        () -> {
                            closed = true;
                            if (session != null) {
                                session.calls.channel().close();
                            }
                        })
                .awaitUninterruptibly();
    }

    /// One connection.
    private final class Session implements JsonRpc.Receiver {
        private Calls calls;
        private Replica replica;
        private boolean monitors; // whether the first contents are there
        private boolean holds;
        private boolean ended;
        private long heardNanos = System.nanoTime();
        private boolean probed;

        void begin(Channel channel) {
            if (closed || ended) {
                channel.close();
                return;
            }
            session = this;
            calls = new Calls(channel);
            calls.call("get_schema", JsonNodeFactory.instance.arrayNode().add(database))
                    .thenAccept(this::learn)
                    .exceptionally(this::giveUp);
            loop.schedule(this::probe, PROBE_NANOS, TimeUnit.NANOSECONDS);
        }

        private void learn(JsonNode json) {
            Schema schema = Schema.parse(json);
            replica = new Replica(schema);
            ObjectNode requests = JsonNodeFactory.instance.objectNode();
            wanted.forEach((table, columns) -> {
                ArrayNode there = JsonNodeFactory.instance.arrayNode();
                for (String column : columns) {
                    if (schema.type(table, column) != null) {
                        there.add(column);
                    }
                }
                if (!there.isEmpty()) {
                    requests.putObject(table).set("columns", there);
                }
            });
            if (requests.isEmpty()) {
                throw new OvsdbException(
                        "database %s has none of the tables that are wanted; is it of another program?"
                                .formatted(database));
            }
            calls.call("lock", JsonNodeFactory.instance.arrayNode().add(lock))
                    .thenAccept(result -> {
                        holds |= result.path("locked").asBoolean();
                        monitor(requests);
                    })
                    .exceptionally(this::giveUp);
        }

        private void monitor(ObjectNode requests) {
            ArrayNode parameters = JsonNodeFactory.instance.arrayNode().add(database);
            parameters.add(database).add(requests);
            calls.call("monitor", parameters)
                    .thenAccept(contents -> {
                        replica.apply(contents);
                        monitors = true;
                        backoffSeconds = 0;
                        if (holds) {
                            listener.changed(replica.snapshot(), null);
                        } else {
                            listener.lockedOut();
                        }
                    })
                    .exceptionally(this::giveUp);
        }

        private Void giveUp(Throwable e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            end(cause.getMessage() == null ? cause.toString() : cause.getMessage());
            return null;
        }

        @Override
        public void received(JsonNode message) {
            heardNanos = System.nanoTime();
            probed = false;
            if (ended) {
                return;
            }
            String method = message.path("method").asText(null);
            if (method == null) {
                calls.answered(message);
                return;
            }
            JsonNode parameters = message.path("params");
            switch (method) {
                case "echo" -> calls.answer(message.path("id"), parameters);
                case "update" -> update(parameters.path(1));
                case "locked" -> locked(parameters.path(0).asText(), true);
                case "stolen" -> locked(parameters.path(0).asText(), false);
                default -> LOG.debug("{}: notification {} is not known", remote.text(), method);
            }
        }

        private void update(JsonNode updates) {
            Map<String, Set<String>> changed = replica.apply(updates);
            if (holds && monitors) {
                listener.changed(replica.snapshot(), changed);
            }
        }

        private void locked(String which, boolean mine) {
            if (!which.equals(lock) || holds == mine) {
                return;
            }
            holds = mine;
            if (!mine) {
                listener.lockedOut();
            } else if (monitors) {
                listener.changed(replica.snapshot(), null);
            }
        }

        void transact(Transaction transaction, CompletableFuture<Void> done) {
            calls.call("transact", transaction.parameters(database, lock))
                    .whenComplete((results, e) -> {
                        if (e != null) {
                            done.completeExceptionally(e);
                            return;
                        }
                        for (JsonNode result : results) {
                            if (result.hasNonNull("error")) {
                                done.completeExceptionally(refused(result));
                                return;
                            }
                        }
                        done.complete(null);
                    });
        }

        private OvsdbException refused(JsonNode result) {
            return new OvsdbException(
                    "%s refuses a transaction: %s %s"
                            .formatted(
                                    remote.text(),
                                    result.path("error").asText(),
                                    result.path("details").asText()));
        }

        private void probe() {
            if (ended || closed) {
                return;
            }
            if (System.nanoTime() - heardNanos >= PROBE_NANOS) {
                if (probed) {
                    end("it did not answer a probe within 5 s");
                    return;
                }
                probed = true;
                calls.call("echo", JsonNodeFactory.instance.arrayNode());
            }
            loop.schedule(this::probe, PROBE_NANOS, TimeUnit.NANOSECONDS);
        }

        @Override
        public void ended(String why) {
            end(why);
        }

        private void end(String why) {
            if (ended) {
                return;
            }
            ended = true;
            holds = false;
            if (calls != null) {
                calls.close(why);
            }
            again(why);
        }
    }
}
