package org.skyway.vnf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.vnf.relay.Firewall;
import org.skyway.vnf.relay.RelayWork;
import org.skyway.vnf.run.RunOptions;
import org.skyway.vnf.run.Runner;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "firewall",
        description = "Forwards between two ports what its rules allow, both ways.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A rule file has one rule a line; the first that matches decides:",
            "  default deny",
            "  allow udp from 10.0.0.0/8 to any port 53",
            "  deny  tcp from any port 1024-65535 to 10.0.0.2 port 22",
            "  allow arp      # any, ip, tcp, udp, icmp, icmp6, sctp, arp or a number"
        })
final class FirewallCommand implements Callable<Integer> {
    @Mixin PortPair pair;

    @ArgGroup(multiplicity = "1")
    Rules rules;

    @Mixin RunOptions options;

    /// Where the rules are: a guest of a chain has no files, and no blanks in its options.
    static final class Rules {
        @Option(names = "--rules", required = true, paramLabel = "FILE", description = "The rules.")
        Path file;

        @Option(
                names = "--rule",
                required = true,
                paramLabel = "RULE",
                description =
                        "A rule, with commas for blanks: deny,udp,to,10.0.0.2,port,53; repeatable.")
        List<String> lines;

        Firewall load() {
            return file != null
                    ? Firewall.load(file)
                    : Firewall.of(lines.stream().map(l -> l.replace(',', ' ')).toList());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Firewall forth = rules.load();
        Firewall back = forth.copy();
        return Runner.run(
                "firewall",
                options,
                pair.check(),
                ports ->
                        new RelayWork(
                                ports.get(0),
                                ports.get(1),
                                forth,
                                back,
                                options.burst(),
                                report -> {
                                    forth.describe(report, "forth");
                                    back.describe(report, "back");
                                }));
    }
}
