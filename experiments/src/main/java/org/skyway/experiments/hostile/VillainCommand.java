package org.skyway.experiments.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment villain`: hostile VNFs in a process of their own, until it is killed. Which
/// attack comes when on a port depends on the seed alone; each is told before it is made.
@Command(
        name = "villain",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "Hostile VNFs; a part of `experiment hostile`.")
public final class VillainCommand implements Callable<Integer> {
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

    // spotless:off
    @Option(names = "--rundir", required = true, description = "of the switch")
    private Path runDirectory;
    @Option(names = "--ports", split = ",", required = true, description = "to be hostile on")
    private List<String> ports;
    @Option(names = "--others", split = ",", description = "ports that are somebody else's")
    private List<String> others = List.of();
    @Option(names = "--seed", description = "of the sequence of attacks")
    private long seed;
    @Option(names = "--attack", split = ",", description = "only these, of: ${COMPLETION-CANDIDATES}")
    private List<Attack> attacks = Arrays.asList(Attack.values());
    // spotless:on

    /// For picocli.
    public VillainCommand() {}

    @Override
    public Integer call() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            String port = ports.get(i);
            long own = seed + GOLDEN * (i + 1);
            threads.add(Thread.ofPlatform().name(port).start(() -> attack(port, own)));
        }
        System.out.println("villain ready");
        for (Thread thread : threads) {
            thread.join();
        }
        return 0;
    }

    private void attack(String port, long own) {
        SplittableRandom order = new SplittableRandom(own);
        RawVnf vnf = null;
        for (int number = 0; ; number++) {
            Attack attack =
                    number % 3 == 0 && attacks.contains(Attack.HONEST_FOR_A_WHILE)
                            ? Attack.HONEST_FOR_A_WHILE // else there would hardly be a link
                            : attacks.get(order.nextInt(attacks.size()));
            long attackSeed = order.nextLong();
            boolean anew = order.nextInt(3) == 0;
            System.out.printf("%s #%d %s seed %d%n", port, number, attack, attackSeed);
            try {
                if (vnf == null || !vnf.isConnected()) {
                    vnf = open(port);
                }
                SplittableRandom random = new SplittableRandom(attackSeed);
                attack.run(new HostileStage(vnf, random, runDirectory, port, others));
                vnf.answers(RawVnf.Answers.AT_ONCE);
            } catch (Throwable e) {
                System.out.printf("%s #%d ended by %s%n", port, number, e);
            }
            if (anew) {
                vnf = hangUp(vnf);
            }
        }
    }

    // The switch may take a while to let it in again: it gave it up, or it said hello too often.
    private RawVnf open(String port) throws InterruptedException {
        while (true) {
            try {
                return RawVnf.open(runDirectory, port);
            } catch (IOException | RuntimeException e) {
                Thread.sleep(50);
            }
        }
    }

    private static RawVnf hangUp(RawVnf vnf) {
        try {
            if (vnf != null) {
                vnf.close();
            }
        } catch (IOException e) {
            System.out.println("hanging up: " + e);
        }
        return null;
    }
}
