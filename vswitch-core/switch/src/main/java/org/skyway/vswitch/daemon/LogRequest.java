package org.skyway.vswitch.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.skyway.agent.log.Log;
import org.skyway.agent.log.LogFormat;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.log.LogModule;
import org.skyway.vswitch.log.LogSettings;

/// What `skyway ctl log` asks.
final class LogRequest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LogRequest() {}

    /// Changes the log as asked, or not at all, and tells how it is then.
    ///
    /// @param arguments with `levels`, a list of `MODULE=LEVEL`, and `format`; both may be missing
    /// @return `format`, and of each of `modules` its `module`, `level` and what it is `about`
    /// @throws ConfigException if they can't be understood
    static JsonNode answer(JsonNode arguments) {
        List<String> texts = new ArrayList<>();
        arguments.path("levels").forEach(t -> texts.add(t.asText()));
        try {
            LogSettings levels = LogSettings.parse(texts);
            if (arguments.has("format")) {
                Log.format(LogFormat.parse(arguments.get("format").asText()));
            }
            levels.apply();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage(), e);
        }
        ObjectNode answer = JSON.createObjectNode().put("format", Log.format().toString());
        ArrayNode modules = answer.putArray("modules");
        for (LogModule module : LogModule.values()) {
            modules.addObject()
                    .put("module", module.toString())
                    .put("level", module.level().toString())
                    .put("about", module.about());
        }
        return answer;
    }
}
