package org.skyway.experiments.report;

/// How programs were assigned to cores. Figures of different methods are never mixed.
public enum Method {
    /// Each program that polls has a core of its own.
    CORE_EACH("a", "a core each", "each program that polls had a core of its own"),
    /// All share what there is, and all wait in the same way.
    TIME_SHARED(
            "b",
            "time-shared",
            "all programs shared the cores; all of them yield and then sleep when they find nothing"),
    /// Computed from stages that were measured one by one.
    PER_STAGE(
            "c",
            "per stage, derived",
            "each stage was measured alone with a core of its own against a feeder on another; the chain's"
                    + " figure is the bound that follows for a core each, not a measurement"),
    /// One core for all.
    ONE_CORE("1", "one core", "all programs shared one core, and yield"),
    /// Cores do not matter.
    NONE("-", "any core", "programs were not bound to cores");

    private final String letter;
    private final String title;
    private final String explanation;

    Method(String letter, String title, String explanation) {
        this.letter = letter;
        this.title = title;
        this.explanation = explanation;
    }

    /// What it is called in tables and on plots.
    ///
    /// @return for instance `(b) time-shared`
    public String title() {
        return "(" + letter + ") " + title;
    }

    /// What it means.
    ///
    /// @return half a sentence
    public String explanation() {
        return explanation;
    }
}
