package org.skyway.experiments.dropin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.experiments.dropin.Clients.Outcome;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.RunFolder;
import picocli.CommandLine.Command;

/// `skyway experiment dropin`: who drives Open vSwitch, with Skyway in its place.
@Command(
        name = "dropin",
        mixinStandardHelpOptions = true,
        description = {
            "Has programs that drive Open vSwitch drive Skyway, in namespaces of their own, and Open",
            "vSwitch beside it: ovs-vsctl and its kin, un-orchestrator's transactions, frames",
            "through ports with VLANs, Debian's service scripts, Neutron's classes, Mininet. Says for",
            "each thing that was done whether it was the same.",
            "Needs root and openvswitch-switch. Exits with 0 if all was."
        })
public final class DropInCommand implements Callable<Integer> {
    /// For picocli.
    public DropInCommand() {}

    @Override
    public Integer call() {
        String missing = DropInLab.missing();
        if (missing != null) {
            throw new ExperimentException(missing);
        }
        List<Outcome> all = new ArrayList<>();
        try (RunFolder folder = new RunFolder()) {
            Clients clients = new Clients(folder.path());
            all.addAll(print(clients.session("ovs-vsctl", "session.txt")));
            all.addAll(print(clients.session("un-orchestrator", "orchestrator.txt")));
            all.addAll(print(clients.session("VLANs", "vlans.txt", "vlans.py")));
            all.addAll(print(clients.session("bonds", "bonds.txt", "bonds.py", "vlans.py")));
            all.addAll(print(clients.service()));
            all.addAll(print(clients.programs()));
            all.addAll(print(clients.neutron()));
            all.addAll(print(clients.mininet(_ -> {})));
        }
        long same = all.stream().filter(Outcome::isSame).count();
        System.out.printf("%d of %d are the same%n", same, all.size());
        return same == all.size() ? 0 : 1;
    }

    private static List<Outcome> print(List<Outcome> outcomes) {
        for (Outcome o : outcomes) {
            String what = o.what().length() > 110 ? o.what().substring(0, 109) + "…" : o.what();
            System.out.printf(
                    "%-16s %-9s %s%n", o.client(), o.isSame() ? "same" : "NOT SAME", what);
            if (!o.isSame()) {
                System.out.println("    " + o.difference());
            }
        }
        return outcomes;
    }
}
