package org.skyway.experiments.bed;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// What an experiment came to: a table with a row for each thing that must be so. One thread.
public final class Verdicts {
    private final List<Row> rows = new ArrayList<>();

    private record Row(String what, String seen, boolean good) {
        String text(int wide) {
            return ("  %-4s %-" + wide + "s  %s").formatted(good ? "ok" : "BAD", what, seen);
        }
    }

    /// Nothing is judged yet.
    public Verdicts() {}

    /// Judges.
    ///
    /// @param what must be so
    /// @param good whether it is
    /// @param seen what was seen
    public void judge(String what, boolean good, String seen) {
        rows.add(new Row(what, seen, good));
    }

    /// Whether all is well.
    ///
    /// @return false if anything was not as it must be
    public boolean good() {
        return rows.stream().allMatch(Row::good);
    }

    /// What is not well.
    ///
    /// @return a line for each such row; empty if all is well
    public String complaints() {
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            if (!row.good) {
                text.append(row.what).append(": ").append(row.seen).append('\n');
            }
        }
        return text.toString();
    }

    /// The row that was added last.
    ///
    /// @param wide columns for what was judged
    /// @return a line of the table
    public String last(int wide) {
        return rows.getLast().text(wide);
    }

    /// Prints the table.
    ///
    /// @param out where
    public void print(PrintStream out) {
        int wide = rows.stream().mapToInt(r -> r.what.length()).max().orElse(1);
        for (Row row : rows) {
            out.println(row.text(wide));
        }
    }
}
