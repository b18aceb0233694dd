package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `skyway ctl set-controller`, `del-controller`, `set-fail-mode`: what `ovs-vsctl` has by the same
/// names.
final class ControllerCommands {
    private ControllerCommands() {}

    private abstract static class Change extends CtlCommand.Request {
        int change(ObjectNode request) throws JsonProcessingException {
            JsonNode result = ask(request);
            return json ? print(result, List.of()) : 0;
        }
    }

    /// Other controllers.
    @Command(
            name = "set-controller",
            mixinStandardHelpOptions = true,
            description = {
                "Has the bridge use these controllers and listeners, and no others.",
                "As in Open vSwitch, flows, groups and meters are deleted when there was no controller to",
                "connect to before."
            })
    static final class Set extends Change {
        @Parameters(
                arity = "1..*",
                paramLabel = "TARGET",
                description =
                        "tcp:HOST[:PORT], ssl:HOST[:PORT], unix:FILE, or to listen: ptcp:[PORT][:HOST], pssl:[PORT][:HOST], punix:FILE")
        private List<String> targets;

        @Override
        public Integer call() throws JsonProcessingException {
            ObjectNode request = ControlClient.request("set-controllers");
            ArrayNode list = request.putArray("targets");
            targets.forEach(list::add);
            return change(request);
        }
    }

    /// No controllers.
    @Command(
            name = "del-controller",
            mixinStandardHelpOptions = true,
            description = {
                "Has the bridge use no controllers and listeners but its management socket.",
                "As in Open vSwitch, flows, groups and meters are deleted when there was one to connect to."
            })
    static final class Delete extends Change {
        @Override
        public Integer call() throws JsonProcessingException {
            ObjectNode request = ControlClient.request("set-controllers");
            request.putArray("targets");
            return change(request);
        }
    }

    /// Another fail mode.
    @Command(
            name = "set-fail-mode",
            mixinStandardHelpOptions = true,
            description = {
                "Changes what the bridge does without a controller.",
                "As in Open vSwitch, flows, groups and meters are deleted if there is none to connect to."
            })
    static final class FailMode extends Change {
        @Parameters(paramLabel = "MODE", description = "secure or standalone")
        private String mode;

        @Override
        public Integer call() throws JsonProcessingException {
            return change(ControlClient.request("set-fail-mode").put("mode", mode));
        }
    }
}
