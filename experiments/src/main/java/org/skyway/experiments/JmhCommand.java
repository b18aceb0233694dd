package org.skyway.experiments;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `skyway jmh`: runs JMH benchmarks with JMH's own options.
@Command(
        name = "jmh",
        description =
                "Runs JMH benchmarks; takes JMH's own options, for instance NormalPath -prof gc.")
final class JmhCommand implements Callable<Integer> {
    @Parameters(paramLabel = "JMH-OPTIONS", description = "see `jmh -h`")
    private List<String> options = List.of();

    @Override
    public Integer call() throws Exception {
        org.openjdk.jmh.Main.main(options.toArray(new String[0]));
        return 0;
    }
}
