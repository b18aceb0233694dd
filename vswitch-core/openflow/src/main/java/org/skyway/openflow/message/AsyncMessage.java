package org.skyway.openflow.message;

/// Reads and sets which asynchronous messages a controller wants.
public sealed interface AsyncMessage extends Message {
    /// Asks for a [GetAsyncReply].
    record GetAsyncRequest() implements AsyncMessage {}

    /// What the controller has chosen.
    ///
    /// @param config for both roles
    record GetAsyncReply(AsyncConfig config) implements AsyncMessage, FromSwitch {}

    /// Chooses.
    ///
    /// @param config for both roles
    /// @param given which masks were given, two bits for each in the order of [AsyncConfig.Masks]:
    ///   1 primary, 2 secondary; the others stay
    record SetAsync(AsyncConfig config, int given) implements AsyncMessage {}
}
