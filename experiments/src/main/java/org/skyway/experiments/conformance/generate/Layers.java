package org.skyway.experiments.conformance.generate;

/// What may come together in a case. Open vSwitch puts a label into the middle of a tag when the
/// packet came with another, and does not put back the length of an 802.2 frame that had a label
/// for a while.
enum Layers {
    /// Tags and 802.2 frames, and no labels put on.
    NO_LABELS,
    /// Labels and tags put on, and frames without tags.
    NO_TAGS,
    /// Labels put on, and frames with tags, to which no more are added.
    OWN_TAGS;

    boolean labels() {
        return this != NO_LABELS;
    }

    boolean newTags() {
        return this != OWN_TAGS;
    }
}
