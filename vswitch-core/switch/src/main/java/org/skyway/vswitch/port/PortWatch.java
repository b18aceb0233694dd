package org.skyway.vswitch.port;

/// Who is told what happens to ports of stock VNFs. Called on the thread of their sockets.
public interface PortWatch {
    /// A VNF is attached, and packets can come.
    ///
    /// @param port where
    /// @param peer who
    void attached(StockPort port, StockPort.Peer peer);

    /// It is attached no more.
    ///
    /// @param port where
    /// @param peer who it was
    /// @param reason a sentence
    void gone(StockPort port, StockPort.Peer peer, String reason);

    /// Somebody did what can't be, and was left.
    ///
    /// @param port where; null if it is not known which port it wanted
    /// @param reason a sentence
    void refused(StockPort port, String reason);
}
