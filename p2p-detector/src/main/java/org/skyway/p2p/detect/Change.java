package org.skyway.p2p.detect;

/// A verdict that changed.
///
/// @param port the ingress port
/// @param before what held; null if the port was not decided about before
/// @param after what holds; null if the port is gone
public record Change(int port, Verdict before, Verdict after) {}
