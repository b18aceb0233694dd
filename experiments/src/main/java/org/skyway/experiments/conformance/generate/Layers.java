package org.skyway.experiments.conformance.generate;

/// What may come together in a case. Open vSwitch does not put back the length of an 802.2 frame
/// that had a label for a while; and when it has sent a packet with two tags to the controller, it
/// takes the second for the network header: labels, and what is written then, go to the wrong
/// place.
enum Layers {
    /// Tags and 802.2 frames; no labels put on, and nothing goes to the controller.
    NO_LABELS,
    /// Labels and tags put on, and frames without tags; nothing goes to the controller.
    NO_TAGS,
    /// Labels put on, and frames with tags, to which no more are added.
    OWN_TAGS;

    boolean labels() {
        return this != NO_LABELS;
    }

    boolean controller() {
        return this == OWN_TAGS;
    }

    boolean newTags() {
        return this != OWN_TAGS;
    }
}
