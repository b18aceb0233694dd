package org.skyway.pipeline.classifier;

import org.skyway.openflow.model.FlowRule;

/// What a flow table holds, whatever it knows besides.
public interface TableEntry {
    /// What was installed.
    ///
    /// @return the rule
    FlowRule rule();
}
