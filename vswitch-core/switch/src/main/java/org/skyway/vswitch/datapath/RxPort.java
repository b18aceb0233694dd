package org.skyway.vswitch.datapath;

/// A port that a poll thread receives from. Belongs to that thread.
final class RxPort {
    final DatapathPort port;
    final boolean leavesToOthers; // see DatapathPort
    Megaflow only; // of all its packets, if there is one
    boolean away; // its VNF said that it sends elsewhere, and has sent nothing here since
    int markFailures; // in a row, of the mark that is next

    RxPort(DatapathPort port) {
        this.port = port;
        leavesToOthers = port.leavesToOthers();
    }
}
