package org.skyway.pmd.port;

/// The normal channel of a port holds what can't be, so the port is of no use any more. The message
/// names the port and the values.
public final class PortFaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PortFaultException(String port, String fault) {
        super("port %s can't go on: %s; restart the VNF".formatted(port, fault));
    }
}
