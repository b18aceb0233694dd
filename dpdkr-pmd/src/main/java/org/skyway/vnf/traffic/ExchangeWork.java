package org.skyway.vnf.traffic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.skyway.vnf.run.CountedPort;
import org.skyway.vnf.run.Work;

/// A source and a sink on one port: what stands at each end of a chain with traffic both ways.
public final class ExchangeWork implements Work {
    private final SourceWork source;
    private final SinkWork sink;

    /// Both at once.
    ///
    /// @param source sends; does not take what arrives
    /// @param sink receives on the same port
    public ExchangeWork(SourceWork source, SinkWork sink) {
        this.source = source;
        this.sink = sink;
    }

    @Override
    public int poll() {
        return sink.poll() + source.poll();
    }

    @Override
    public int drain() {
        return sink.drain() + source.drain();
    }

    @Override
    public boolean isDone() {
        return source.isDone() && sink.isDone();
    }

    @Override
    public List<CountedPort> ports() {
        return sink.ports();
    }

    @Override
    public void describe(ObjectNode report, boolean last) {
        sink.describe(report, last);
    }

    @Override
    public String remark() {
        return source.remark();
    }

    @Override
    public String failure() {
        return sink.failure();
    }

    @Override
    public void close() {
        source.close();
        sink.close();
    }
}
