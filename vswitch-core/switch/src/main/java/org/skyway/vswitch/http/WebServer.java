package org.skyway.vswitch.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.HttpConfig;
import org.skyway.vswitch.fault.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server. One thread for all connections; a request has at most [#MOST_BYTES], and
/// whoever says nothing for a while is hung up on.
public final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

    /// What a request may have in its body: rules that are pasted.
    static final int MOST_BYTES = 1 << 20;

    /// Connections at a time, watchers among them.
    static final int MOST_CONNECTIONS = 512;

    private static final int MOST_ASKING = 16;
    private static final int IDLE_SECONDS = 30;

    /// What its first line may have, and all its headers together.
    static final int LONGEST_LINE = 8192;

    private static final int UNSENT_BYTES = 1 << 18; // for one watcher, before it misses something

    private final MultiThreadIoEventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("http", true), NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(loop.next());
    private final Watchers watchers;
    private final Channel server;
    private final String url;

    private WebServer(HttpConfig config, Switchboard board, Faults faults) {
        WebGuard guard = new WebGuard(config);
        SslContext tls = tls(config);
        watchers = new Watchers(board, faults);
        var shared =
                new WebHandler.Shared(
                        guard,
                        board,
                        watchers,
                        new PrometheusPage(board, watchers),
                        new Semaphore(MOST_ASKING),
                        faults);
        InetSocketAddress address = config.address();
        var bound =
                new ServerBootstrap()
                        .group(loop)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, 128)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true) // watchers say nothing
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(UNSENT_BYTES / 2, UNSENT_BYTES))
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        accept(channel, tls, shared);
                                    }
                                })
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable why = bound.cause();
            close(null);
            throw new ConfigException(
                    "the page can't listen on %s: %s; end who does, or choose another port with --http"
                            .formatted(config.listen(), why.getMessage()),
                    why);
        }
        server = bound.channel();
        InetSocketAddress at = (InetSocketAddress) server.localAddress();
        guard.listensAt(at);
        url = "%s://%s:%d/".formatted(tls == null ? "http" : "https", name(at), at.getPort());
        LOG.info("the live page is {}, metrics are {}metrics", url, url);
    }

    /// What a browser finds it by. Every address of the host is none that one can go to, and who
    /// would be asked for a name is on the network.
    private static String name(InetSocketAddress at) {
        if (at.getAddress().isAnyLocalAddress()) {
            try {
                return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            } catch (IOException e) {
                return "localhost";
            }
        }
        String ip = at.getAddress().getHostAddress();
        return ip.contains(":") ? "[" + ip + "]" : ip;
    }

    private static SslContext tls(HttpConfig config) {
        if (config.privateKey() == null) {
            return null;
        }
        try {
            return SslContextBuilder.forServer(
                            config.certificate().toFile(), config.privateKey().toFile())
                    .build();
        } catch (IllegalArgumentException | SSLException e) {
            throw new ConfigException(
                    "TLS for %s: can't use %s and %s: %s"
                            .formatted(
                                    config.listen(),
                                    config.privateKey(),
                                    config.certificate(),
                                    e.getMessage()),
                    e);
        }
    }

    private void accept(Channel channel, SslContext tls, WebHandler.Shared shared) {
        if (connections.size() >= MOST_CONNECTIONS) {
            shared.faults()
                    .record(
                            "http: connection",
                            "too many",
                            "more than %d connections to the page".formatted(MOST_CONNECTIONS));
            channel.close();
            return;
        }
        connections.add(channel);
        var pipeline = channel.pipeline();
        if (tls != null) {
            pipeline.addLast(tls.newHandler(channel.alloc()));
        }
        pipeline.addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
                .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_LINE, LONGEST_LINE))
                .addLast(new BoundedRequests(MOST_BYTES))
                .addLast(new FlowControlHandler()) // one request after another, however they come
                .addLast(new WebHandler(shared));
    }

    /// Starts one.
    ///
    /// @param config where, and who may ask
    /// @param board who is asked
    /// @param faults where errors that were survived are counted
    /// @return the running server
    /// @throws ConfigException if it can't listen there, or keys or token can't be used
    public static WebServer start(HttpConfig config, Switchboard board, Faults faults) {
        return new WebServer(config, board, faults);
    }

    /// Shows watchers what happened.
    ///
    /// @param lines events, one JSON record a line
    public void happened(String lines) {
        watchers.happened(lines);
    }

    /// Where it is.
    ///
    /// @return for a browser
    public String url() {
        return url;
    }

    @Override
    public void close() {
        close(server);
    }

    private void close(Channel listener) {
        if (listener != null) {
            listener.close().awaitUninterruptibly();
        }
        watchers.close();
        connections.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
