package org.skyway.experiments.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/// Inputs that were kept, among the resources: a line of hexadecimal digits each.
public final class FuzzSeeds {
    private FuzzSeeds() {}

    /// Reads a file of them.
    ///
    /// @param name of the file
    /// @return the inputs, in order
    /// @throws IOException if there is no such file
    public static List<byte[]> read(String name) throws IOException {
        try (InputStream in = FuzzSeeds.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("there are no seeds " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(l -> !l.isBlank())
                    .map(HexFormat.of()::parseHex)
                    .toList();
        }
    }
}
