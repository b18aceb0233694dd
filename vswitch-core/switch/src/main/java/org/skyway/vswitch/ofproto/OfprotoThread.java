package org.skyway.vswitch.ofproto;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// An *ofproto thread*: the event loop of the OpenFlow connections of a bridge, or of all bridges
/// that patch ports may join, and the owner of their state.
public final class OfprotoThread implements AutoCloseable {
    private final EventLoopGroup group;

    /// Starts one.
    ///
    /// @param name of what it serves
    public OfprotoThread(String name) {
        group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("ofproto-" + name),
                        NioIoHandler.newFactory(SelectorProvider.provider(), AttentiveSelect::new));
    }

    EventLoop loop() {
        return group.next();
    }

    /// Runs what it is given, in order. Any thread.
    ///
    /// @return the thread
    public Executor executor() {
        return loop();
    }

    /// Ends the connections that are left, and the thread. Any thread but that.
    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
