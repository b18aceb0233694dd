package org.skyway.vswitch.ofproto;

import java.util.HashSet;
import java.util.Set;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;

/// Requests to change what tables can do. All tables can do everything, so nothing can be added,
/// and nothing is taken away; such requests are refused as Open vSwitch does.
final class TableFeatureRequests {
    private TableFeatureRequests() {}

    static void apply(OfSwitch bridge, StatsRequest.TableFeatures request, Version version) {
        Set<Integer> seen = new HashSet<>();
        for (Bytes wanted : request.wanted()) {
            int table = wanted.at(2) & 0xff;
            if (!seen.add(table)) {
                throw new OpenFlowException(
                        ErrorCode.NXTFFC_DUP_TABLE, "table %d comes twice".formatted(table));
            }
        }
        throw new OpenFlowException(
                ErrorCode.OFPTFFC_EPERM,
                "bridge %s: table features can't be changed in %s"
                        .formatted(bridge.config().bridge(), version));
    }
}
