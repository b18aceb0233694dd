package org.skyway.experiments.vm.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a VNF in a guest prints about itself, one line of JSON after the other, on its console.
public final class ConsoleView {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path console;

    /// A view of a console.
    ///
    /// @param console the file that the console is written to
    public ConsoleView(Path console) {
        this.console = console;
    }

    /// The last complete line of statistics.
    ///
    /// @return the line; a missing node if there is none yet
    /// @throws IOException if the file can't be read
    public JsonNode last() throws IOException {
        JsonNode last = MissingNode.getInstance();
        if (!Files.exists(console)) {
            return last;
        }
        String text = new String(Files.readAllBytes(console), StandardCharsets.ISO_8859_1);
        for (String line : text.split("\r?\n")) {
            if (line.startsWith("{\"event\"") && line.endsWith("}")) {
                last = JSON.readTree(line);
            }
        }
        return last;
    }

    /// A figure of the guest's first port.
    ///
    /// @param field its name in the statistics
    /// @return the figure; 0 if there is none yet
    /// @throws IOException if the file can't be read
    public double port(String field) throws IOException {
        return last().path("ports").path(0).path(field).asDouble();
    }
}
