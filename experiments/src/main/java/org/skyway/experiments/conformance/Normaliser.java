package org.skyway.experiments.conformance;

import java.util.regex.Pattern;

/// Takes out of dumps what can't be equal: times.
final class Normaliser {
    private static final Pattern DURATION = Pattern.compile("duration[=:]?[0-9.]+s(,? )?");
    private static final Pattern AGE = Pattern.compile("(idle|hard)_age=[0-9]+,? ?");

    private Normaliser() {}

    static String line(String line) {
        return AGE.matcher(DURATION.matcher(line).replaceAll("")).replaceAll("").strip();
    }
}
