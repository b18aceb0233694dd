package org.skyway.experiments.conformance;

import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.conformance.lab.Side;
import org.skyway.experiments.process.ExperimentException;

/// Runs every sub-command of `ovs-ofctl` that talks to a switch against both.
final class OfctlCommands {
    /// One command.
    ///
    /// @param version of OpenFlow, for instance 13
    /// @param command sub-command and options; `SW` stands for the switch
    record Command(int version, String command) {}

    /// What came of it.
    ///
    /// @param command what was run
    /// @param ovs null if it worked on Open vSwitch, else what it said
    /// @param skyway the same for Skyway
    record Result(Command command, String ovs, String skyway) {
        boolean alike() {
            return (ovs == null) == (skyway == null);
        }

        String row() {
            return "| `%s` | 1.%d | %s | %s |"
                    .formatted(command.command(), command.version() - 10, cell(ovs), cell(skyway));
        }

        private static String cell(String said) {
            return said == null ? "works" : said.replace("|", "\\|");
        }
    }

    private static final String[] ALL = {
        "show SW",
        "dump-desc SW",
        "dump-tables SW",
        "dump-table-features SW",
        "dump-table-desc SW",
        "add-flow SW in_port=1,actions=output:2",
        "add-flow SW tcp,tcp_dst=80,actions=resubmit(,1)",
        "--bundle add-flow SW arp,actions=3",
        "mod-flows SW in_port=1,actions=output:3",
        "--strict mod-flows SW in_port=1,actions=output:4",
        "dump-flows SW",
        "dump-flows SW in_port=1",
        "--names dump-flows SW",
        "dump-aggregate SW",
        "diff-flows SW SW",
        "add-meter SW meter=1,kbps,band=type=drop,rate=1000",
        "mod-meter SW meter=1,kbps,band=type=drop,rate=2000",
        "dump-meter SW meter=1",
        "dump-meters SW",
        "meter-stats SW",
        "meter-features SW",
        "del-meter SW meter=1",
        "del-meters SW",
        "queue-stats SW",
        "queue-get-config SW 1",
        "packet-out SW in_port=controller,packet=ffffffffffff02000000000108060001,actions=output:1",
        "dump-ports SW",
        "dump-ports SW 1",
        "dump-ports-desc SW",
        "mod-port SW 1 no-flood",
        "mod-port SW 1 flood",
        "mod-table SW 0 evict",
        "mod-table SW 0 noevict",
        "get-frags SW",
        "set-frags SW drop",
        "set-frags SW normal",
        "probe SW",
        "ping SW 2",
        "benchmark SW 8 10",
        "add-group SW group_id=1,type=all,bucket=output:1",
        "mod-group SW group_id=1,type=all,bucket=output:2",
        "insert-buckets SW group_id=1,command_bucket_id=last,bucket=bucket_id:7,output:3",
        "remove-buckets SW group_id=1,command_bucket_id=7",
        "dump-groups SW",
        "dump-group-stats SW",
        "dump-group-features SW",
        "del-groups SW",
        "--strict del-flows SW in_port=1",
        "del-flows SW tcp",
        "del-flows SW",
        "dump-ipfix-bridge SW",
        "dump-ipfix-flow SW",
        "ct-flush-zone SW 1",
        "ct-flush SW",
        "add-tlv-map SW {class=0xffff,type=0,len=4}->tun_metadata0",
        "dump-tlv-map SW",
        "del-tlv-map SW"
    };

    private OfctlCommands() {}

    /// Runs all.
    ///
    /// @param ovs the one that is right
    /// @param skyway the one that is tested
    /// @return one result for each command and version
    static List<Result> run(Side ovs, Side skyway) {
        List<Result> results = new ArrayList<>();
        for (int version : new int[] {10, 11, 12, 13, 14, 15}) {
            for (String command : ALL) {
                Command c = new Command(version, command);
                results.add(new Result(c, run(ovs, c), run(skyway, c)));
            }
        }
        return results;
    }

    private static String run(Side side, Command c) {
        List<String> words = new ArrayList<>(List.of("-O", "OpenFlow" + c.version(), "-t", "10"));
        for (String word : c.command().split(" ")) {
            words.add(word.equals("SW") ? side.bridge() : word);
        }
        try {
            side.ofctl(words.toArray(new String[0]));
            return null;
        } catch (ExperimentException e) {
            // What ovs-ofctl says last is why; addresses and process ids are of this run only.
            String said = e.getMessage().replaceAll("(?s).* ended with status \\d+: ", "").strip();
            return said.lines()
                    .findFirst()
                    .orElse("fails")
                    .replaceAll("\\S*" + side.bridge() + "\\S*", "SW")
                    .replaceAll("\\(xid=\\w+\\)", "");
        }
    }
}
