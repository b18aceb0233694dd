package org.skyway.vswitch.predict;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowModText;
import org.skyway.openflow.text.FlowSyntaxException;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.openflow.text.Names;
import org.skyway.p2p.detect.Explanation;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.ofproto.TablesCopy;
import org.skyway.vswitch.ofproto.Trial;
import org.skyway.vswitch.tables.Tables;

/// Decides about one pipeline given as a JSON object.
final class CaseDecider {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();
    private static final Set<String> KEYS = Set.of("id", "ports", "flows", "groups");

    private CaseDecider() {}

    /// The answer to a line, as a line. Whatever the line holds, there is one.
    ///
    /// @param portNames names by number, for cases that give none
    static String decide(String line, Map<Integer, String> portNames) {
        ObjectNode answer = JSON.createObjectNode();
        try {
            JsonNode pipeline = JSON.readTree(line);
            answer.set("id", pipeline.get("id"));
            P2pDetector detector = detector(pipeline, portNames);
            detector.update();
            report(detector, answer);
        } catch (MismatchedInputException e) {
            answer.set("id", idOf(line));
            answer.put("error", "trailing text behind the JSON object");
        } catch (JsonProcessingException e) {
            answer.set("id", idOf(line));
            answer.put("error", "no JSON object: " + e.getOriginalMessage());
        } catch (FlowSyntaxException e) {
            fail(answer, e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            fail(answer, "this can't be decided about: " + reason(e));
        }
        return answer.toString();
    }

    private static String reason(Throwable e) {
        return e instanceof StackOverflowError
                ? "it is nested too deeply"
                : String.valueOf(e.getMessage());
    }

    private static void fail(ObjectNode answer, String error) {
        answer.retain("id");
        answer.put("error", error);
    }

    /// The id of a pipeline that can't be read to its end.
    private static JsonNode idOf(String line) {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                for (String key = parser.nextFieldName();
                        key != null;
                        key = parser.nextFieldName()) {
                    JsonToken value = parser.nextToken();
                    if (key.equals("id") && value.isScalarValue()) {
                        return value.isNumeric()
                                ? JSON.valueToTree(parser.getNumberValue())
                                : JSON.getNodeFactory().textNode(parser.getText());
                    }
                    parser.skipChildren();
                }
            }
        } catch (IOException | RuntimeException e) {
            return null; // no id before what can't be read
        }
        return null;
    }

    private static P2pDetector detector(JsonNode pipeline, Map<Integer, String> portNames) {
        if (!pipeline.isObject()) {
            throw new FlowSyntaxException("a pipeline is a JSON object, not " + brief(pipeline));
        }
        for (String key : (Iterable<String>) pipeline::fieldNames) {
            if (!KEYS.contains(key)) {
                throw new FlowSyntaxException(
                        "a pipeline has no \"%s\", only id, ports, flows and groups"
                                .formatted(key));
            }
        }
        CasePorts ports = CasePorts.of(pipeline.path("ports"), portNames);
        Tables tables = new Tables();
        Map<Integer, PortState> states = ports.states();
        P2pDetector detector = new P2pDetector(tables::table, tables::groupEntry, () -> states);
        states.keySet().forEach(detector::portAdded);
        Names names = ports.names();
        Trial trial = new Trial(TablesCopy.empty(names), new DetectorFeed(tables, detector));
        trial.withAllMeters();
        each(pipeline, "groups", text -> trial.apply(GroupText.parseMod(text, names)));
        each(pipeline, "flows", text -> apply(trial, FlowModText.parse(text, names)));
        return detector;
    }

    private static void apply(Trial trial, FlowMod m) {
        if (Unsent.isIn(m.instructions())) {
            trial.applyUnsent(m);
        } else {
            trial.apply(m);
        }
    }

    private static void each(JsonNode pipeline, String name, Consumer<String> reader) {
        JsonNode list = pipeline.path(name);
        if (list.isMissingNode() || list.isNull()) {
            return;
        }
        if (!list.isArray()) {
            throw new FlowSyntaxException(
                    "\"%s\" must be a list of strings, not %s".formatted(name, brief(list)));
        }
        for (int i = 0; i < list.size(); i++) {
            JsonNode item = list.get(i);
            if (!item.isTextual()) {
                throw new FlowSyntaxException(
                        "\"%s\" must hold strings, not %s".formatted(name, brief(item)));
            }
            try {
                reader.accept(item.textValue());
            } catch (FlowSyntaxException e) {
                throw new FlowSyntaxException("%s[%d]: %s".formatted(name, i, e.getMessage()));
            } catch (OpenFlowException e) {
                throw new FlowSyntaxException(
                        "%s[%d]: a switch would refuse %s: %s"
                                .formatted(name, i, brief(item), e.getMessage()));
            } catch (RuntimeException e) {
                throw new FlowSyntaxException(
                        "%s[%d]: %s can't be read: %s"
                                .formatted(name, i, brief(item), e.getMessage()));
            }
        }
    }

    private static String brief(JsonNode node) {
        String text = node.isMissingNode() ? "missing" : node.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
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
