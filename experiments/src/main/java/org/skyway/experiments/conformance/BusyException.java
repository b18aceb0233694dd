package org.skyway.experiments.conformance;

import org.skyway.experiments.process.ExperimentException;

/// Open vSwitch does not come to an end with the packets of a case: a loop that sends them round
/// again, which a damaged message can make, keeps it busy for minutes. It has to be started anew.
final class BusyException extends ExperimentException {
    private static final long serialVersionUID = 1;

    BusyException(String message) {
        super(message);
    }
}
