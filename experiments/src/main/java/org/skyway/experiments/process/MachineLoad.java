package org.skyway.experiments.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// How busy the machine is with the work of others. Source: proc_stat(5). One thread.
public final class MachineLoad {
    private static final Path STAT = Path.of("/proc/stat");
    private static final Path LOAD_AVERAGE = Path.of("/proc/loadavg");
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on all Linux machines

    // Columns of the first line, in ticks.
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int STEAL = 7;

    private final List<Program> ours;
    private double busy;
    private double stolen;
    private Duration oursBusy;
    private long since;

    /// What others did since the last look.
    ///
    /// @param otherCores what they had of the processors, in cores; what a hypervisor gave to other
    ///   machines is part of it
    /// @param stealShare what a hypervisor gave to other machines, of all processors, 0 to 1
    /// @param runQueue programs that run or could run just now, this one not counted
    public record Look(double otherCores, double stealShare, double runQueue) {}

    /// Begins to watch.
    ///
    /// @param ours programs that are not others; nor is this process
    public MachineLoad(List<Program> ours) {
        this.ours = List.copyOf(ours);
        begin();
    }

    private void begin() {
        String stat = read(STAT);
        busy = busyTicks(stat) / TICKS_PER_SECOND;
        stolen = stolenTicks(stat) / TICKS_PER_SECOND;
        oursBusy = oursBusy();
        since = System.nanoTime();
    }

    /// What others had of the processors since the last call, or since the beginning. What a
    /// hypervisor gave to other machines is part of it.
    ///
    /// @return in cores
    public double others() {
        return look().otherCores();
    }

    /// Looks at what others did since the last call, or since the beginning.
    ///
    /// @return what they did
    public Look look() {
        double busyBefore = busy;
        double stolenBefore = stolen;
        Duration oursBefore = oursBusy;
        long sinceBefore = since;
        begin();
        double seconds = Math.max(1e-3, (since - sinceBefore) / 1e9);
        double mine = oursBusy.minus(oursBefore).toNanos() / 1e9;
        int cores = Runtime.getRuntime().availableProcessors();
        return new Look(
                Math.max(0, (busy - busyBefore - mine) / seconds),
                Math.max(0, (stolen - stolenBefore) / seconds / cores),
                Math.max(0, runnable(read(LOAD_AVERAGE)) - 1));
    }

    private Duration oursBusy() {
        Duration sum = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        for (Program program : ours) {
            sum = sum.plus(program.cpu());
        }
        return sum;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ExperimentException("can't read " + file + ": " + e.getMessage(), e);
        }
    }

    /// Programs that run or could run. Source: proc_loadavg(5), fourth field.
    static int runnable(String loadAverage) {
        return Integer.parseInt(loadAverage.split(" ")[3].split("/")[0]);
    }

    /// Ticks of all processors that a hypervisor gave to others.
    static long stolenTicks(String stat) {
        String[] words = stat.lines().findFirst().orElse("").trim().split(" +");
        return words.length > STEAL + 1 ? Long.parseLong(words[STEAL + 1]) : 0;
    }

    /// Ticks that all processors together were not idle; time of guests is in that of their host's
    /// programs already.
    static long busyTicks(String stat) {
        String[] words = stat.lines().findFirst().orElse("").trim().split(" +");
        long ticks = 0;
        for (int column = 0; column <= STEAL && column + 1 < words.length; column++) {
            if (column != IDLE && column != IO_WAIT) {
                ticks += Long.parseLong(words[column + 1]);
            }
        }
        return ticks;
    }
}
