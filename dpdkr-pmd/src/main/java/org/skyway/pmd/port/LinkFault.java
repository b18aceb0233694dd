package org.skyway.pmd.port;

/// What the peer of a link did that can't be; the link is not used any more.
///
/// @param slot the link's slot
/// @param text a sentence that names the link and says what was found
public record LinkFault(int slot, String text) {}
