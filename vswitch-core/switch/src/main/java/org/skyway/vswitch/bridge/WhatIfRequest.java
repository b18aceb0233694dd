package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.HashMap;
import java.util.Map;
import org.skyway.p2p.detect.Change;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.ofproto.TablesCopy;
import org.skyway.vswitch.predict.Prediction;
import org.skyway.vswitch.tables.Tables;

/// `ctl p2p what-if`: begun on the ofproto thread, which copies what there is; all else is done on
/// the client's.
final class WhatIfRequest implements PartedRequest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<Integer, String> names = new HashMap<>();
    private final Map<Integer, Verdict> before = new HashMap<>();
    private final Runnable onClose;
    private TablesCopy copy;
    private Tables tables = new Tables();
    private P2pDetector detector;
    private Prediction prediction;
    private boolean closed;

    /// On the ofproto thread.
    WhatIfRequest(Bridge bridge, TablesCopy copy, Runnable onClose) {
        this.copy = copy;
        this.onClose = onClose;
        detector = bridge.detectorOf(tables);
        for (BridgePort port : bridge.ports().all()) {
            int number = port.config().number();
            names.put(number, port.config().name());
            before.put(number, bridge.detector().verdict(number));
        }
    }

    @Override
    public void take(JsonNode part) {
        JsonNode lines = part.path("lines");
        if (!lines.isArray()) {
            throw new ConfigException("the request has no \"lines\"");
        }
        for (JsonNode line : lines) {
            prediction().take(line.asText());
        }
    }

    private Prediction prediction() {
        if (prediction == null) {
            prediction = new Prediction(copy, tables, detector, before);
            copy = null;
            tables = null;
            detector = null;
        }
        return prediction;
    }

    @Override
    public JsonNode end() {
        ArrayNode changes = JSON.createArrayNode();
        for (Change change : prediction().changes()) {
            String was = Requests.describe(change.before());
            String is = Requests.describe(change.after());
            if (!was.equals(is)) { // or the same link would only have another way
                changes.addObject()
                        .put("port", names.getOrDefault(change.port(), "?"))
                        .put("before", was)
                        .put("after", is);
            }
        }
        return changes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            onClose.run();
        }
    }
}
