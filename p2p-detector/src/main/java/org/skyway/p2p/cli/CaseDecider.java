package org.skyway.p2p.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowSyntaxException;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.p2p.detect.Explanation;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.p2p.detect.Verdict;

/// Decides about one pipeline given as a JSON object.
final class CaseDecider {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CaseDecider() {}

    /// The answer to a line, as a line.
    static String decide(String line) {
        ObjectNode answer = JSON.createObjectNode();
        try {
            JsonNode pipeline = JSON.readTree(line);
            answer.set("id", pipeline.path("id").isMissingNode() ? null : pipeline.path("id"));
            P2pDetector detector = detector(pipeline);
            detector.update();
            report(detector, answer);
        } catch (JsonProcessingException e) {
            answer.putNull("id").put("error", "no JSON object: " + e.getOriginalMessage());
        } catch (FlowSyntaxException e) {
            answer.put("error", e.getMessage());
        }
        return answer.toString();
    }

    private static P2pDetector detector(JsonNode pipeline) {
        if (!pipeline.isObject()) {
            throw new FlowSyntaxException("a pipeline is a JSON object, not " + pipeline);
        }
        int ports = pipeline.path("ports").asInt(-1);
        if (!pipeline.path("ports").isInt() || ports < 0 || ports > OfPort.MAX) {
            throw new FlowSyntaxException(
                    "\"ports\" must say how many ports there are, up to %d, and is %s"
                            .formatted(OfPort.MAX, pipeline.path("ports")));
        }
        P2pDetector detector = new P2pDetector();
        for (int number = 1; number <= ports; number++) {
            detector.portChanged(
                    new PortState(
                            number, "p" + number, number, 0, PortState.LIVE, 0, 0, 0, 0, 0, 0));
            detector.candidate(number, true);
        }
        for (JsonNode text : strings(pipeline, "groups")) {
            GroupEntry group = GroupText.parse(text.asText());
            detector.groupChanged(group.id(), group);
        }
        for (JsonNode text : strings(pipeline, "flows")) {
            detector.ruleInstalled(FlowText.parse(text.asText()));
        }
        return detector;
    }

    private static Iterable<JsonNode> strings(JsonNode pipeline, String name) {
        JsonNode list = pipeline.path(name);
        if (list.isMissingNode() || list.isNull()) {
            return JSON.createArrayNode();
        }
        if (!list.isArray()) {
            throw new FlowSyntaxException(
                    "\"%s\" must be a list of strings, not %s".formatted(name, list));
        }
        for (JsonNode item : list) {
            if (!item.isTextual()) {
                throw new FlowSyntaxException(
                        "\"%s\" must hold strings, not %s".formatted(name, item));
            }
        }
        return list;
    }

    private static void report(P2pDetector detector, ObjectNode answer) {
        ArrayNode links = answer.putArray("links");
        ArrayNode notTaken = answer.putArray("notTaken");
        ArrayNode noLink = answer.putArray("noLink");
        for (Verdict verdict : detector.verdicts()) {
            switch (verdict) {
                case Verdict.Link link -> links.addArray().add(link.from()).add(link.to());
                case Verdict.NotTaken link -> {
                    links.addArray().add(link.from()).add(link.to());
                    notTaken.addArray().add(link.from()).add(link.to()).add(why(link));
                }
                case Verdict.NoLink none ->
                        noLink.addArray()
                                .add(none.from())
                                .add(why(none))
                                .add(Explanation.hex(none));
            }
        }
    }

    private static String why(Verdict.NotTaken link) {
        StringBuilder why = new StringBuilder(link.reason());
        link.entries().forEach(entry -> why.append("; ").append(FlowText.print(entry)));
        return why.toString();
    }

    private static String why(Verdict.NoLink none) {
        return none.breaking() == null
                ? none.reason()
                : none.reason() + ": " + FlowText.print(none.breaking());
    }
}
