package org.skyway.experiments.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.skyway.experiments.bed.Spread;

/// How much more one has than another, round by round: what comes and goes on a machine meets both.
///
/// @param spread of the quotients
/// @param rounds that both have
public record Ratio(Spread spread, int rounds) {
    /// Compares.
    ///
    /// @param of the dividends
    /// @param by the divisors, of the same rounds
    /// @return the ratio; null if they have no round in common
    public static Ratio of(List<Measurement> of, List<Measurement> by) {
        Map<Integer, Double> divisors = new TreeMap<>();
        by.forEach(m -> divisors.put(m.round(), m.value()));
        double[] quotients =
                of.stream()
                        .filter(m -> divisors.getOrDefault(m.round(), 0.0) != 0)
                        .mapToDouble(m -> m.value() / divisors.get(m.round()))
                        .toArray();
        return quotients.length == 0
                ? null
                : new Ratio(Spread.of(java.util.Arrays.stream(quotients)), quotients.length);
    }

    /// Whether the rounds agree that one is more than the other.
    ///
    /// @return false if 1 lies within the quartiles: then the ratio does not count
    public boolean counts() {
        return spread.lowerQuartile() > 1 || spread.upperQuartile() < 1;
    }

    /// For people.
    ///
    /// @return median and quartiles, and whether it counts
    public String text() {
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f)%s",
                spread.median(),
                spread.lowerQuartile(),
                spread.upperQuartile(),
                counts() ? "" : ", hidden by the spread");
    }
}
