package org.skyway.openflow.message;

import org.skyway.openflow.model.FlowRule;

/// One change that a flow monitor tells.
///
/// @param event NXFME_ code: 0 added, 1 deleted, 2 modified, 3 done by the controller itself
/// @param reason OFPRR_ code of a deletion
/// @param rule the entry; null for an abbreviated event
/// @param xid of the flow-mod, for an abbreviated event
/// @param hasActions whether the instructions come along
public record FlowUpdate(int event, int reason, FlowRule rule, int xid, boolean hasActions) {}
