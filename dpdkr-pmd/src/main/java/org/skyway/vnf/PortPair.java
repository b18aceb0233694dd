package org.skyway.vnf;

import java.util.List;
import org.skyway.vnf.run.BadInputException;
import picocli.CommandLine.Option;

/// The two ports of a program that stands between them.
final class PortPair {
    @Option(
            names = "--ports",
            required = true,
            split = ",",
            paramLabel = "NAME",
            description = "The two ports, like --ports vnf1a,vnf1b.")
    List<String> names;

    List<String> check() {
        if (names.size() != 2 || names.get(0).equals(names.get(1))) {
            throw new BadInputException(
                    "--ports takes two different ports, like --ports vnf1a,vnf1b, not "
                            + String.join(",", names));
        }
        return names;
    }
}
