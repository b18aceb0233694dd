package org.skyway.agent.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The modules that the log of a program has.
///
/// @param whose the program, in messages: `the switch`
/// @param all its modules, libraries' at the end
public record LogModules(String whose, List<LogModule> all) {
    // spotless:off
    /// The agent for virtual machines, as a process of its own.
    public static final LogModules OF_AGENT =
            new LogModules(
                    "the agent",
                    List.of(
                            new LogModule("agent",   "org.skyway.agent",         "what the agent's parts have in common"),
                            new LogModule("libvirt", "org.skyway.agent.libvirt", "virtual machines: who comes and goes, what is plugged"),
                            new LogModule("service", "org.skyway.agent.service", "the switch at the other end, the socket of ctl")));
    // spotless:on

    private static final ObjectMapper JSON = new ObjectMapper();

    /// Copies the list.
    ///
    /// @param whose the program
    /// @param all its modules
    public LogModules {
        all = List.copyOf(all);
    }

    /// One by its name.
    ///
    /// @param name as in a line of the log
    /// @return the module
    /// @throws IllegalArgumentException if there is none; the message has those that are
    public LogModule named(String name) {
        return all.stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "there is no log module \"%s\"; there are %s, and any for all of %s"
                                        .formatted(
                                                name,
                                                all.stream()
                                                        .map(LogModule::name)
                                                        .collect(Collectors.joining(", ")),
                                                whose)));
    }

    /// Changes from which importance on a module is logged; modules inside it keep their levels.
    ///
    /// @param module one of these
    /// @param level the level
    public void set(LogModule module, LogLevel level) {
        for (LogModule inner : all) {
            if (module.isAround(inner)) {
                Log.level(inner.logger(), inner.level());
            }
        }
        Log.level(module.logger(), level);
    }

    /// Does what `skyway ctl log` asks: changes the log as asked, or not at all, and tells how it
    /// is then. Any thread.
    ///
    /// @param arguments with `levels`, a list of `MODULE=LEVEL`, and `format`; both may be missing
    /// @return `format`, and of each of `modules` its `module`, `level` and what it is `about`
    /// @throws IllegalArgumentException if they can't be understood
    public ObjectNode answer(JsonNode arguments) {
        List<String> texts = new ArrayList<>();
        arguments.path("levels").forEach(t -> texts.add(t.asText()));
        LogSettings levels = LogSettings.parse(this, texts);
        if (arguments.has("format")) {
            Log.format(LogFormat.parse(arguments.get("format").asText()));
        }
        levels.apply();
        ObjectNode answer = JSON.createObjectNode().put("format", Log.format().toString());
        ArrayNode modules = answer.putArray("modules");
        for (LogModule module : all) {
            modules.addObject()
                    .put("module", module.name())
                    .put("level", module.level().toString())
                    .put("about", module.about());
        }
        return answer;
    }
}
