package org.skyway.vswitch.datapath;

/// A port that a poll thread receives from. Belongs to that thread.
final class RxPort {
    final DatapathPort port;
    final boolean leavesToOthers; // see DatapathPort
    Megaflow only; // of all its packets, if there is one
    boolean away; // its VNF said that it sends elsewhere, and has sent nothing here since
    int markFailures; // in a row, of the mark that is next
    int descriptor; // see DatapathPort; -1 also if it can't be waited for
    int silent; // turns in a row that found nothing, if it has a descriptor
    int token = -1; // in the set of those that rest; -1 before it rested first

    RxPort(DatapathPort port) {
        this.port = port;
        leavesToOthers = port.leavesToOthers();
        descriptor = port.descriptor();
    }
}
