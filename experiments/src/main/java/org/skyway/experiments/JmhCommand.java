package org.skyway.experiments;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `skyway jmh`: runs JMH benchmarks with JMH's own options.
@Command(
        name = "jmh",
        description =
                "Runs JMH benchmarks; takes JMH's own options, for instance NormalPath -prof gc.")
final class JmhCommand implements Callable<Integer> {
    // Taken as they are: they are for JMH to understand.
    @Unmatched private List<String> options = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        org.openjdk.jmh.Main.main(options.toArray(new String[0]));
        return 0;
    }
}
