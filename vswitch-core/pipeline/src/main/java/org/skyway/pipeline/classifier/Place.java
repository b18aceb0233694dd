package org.skyway.pipeline.classifier;

/// Where an entry lies in a table, for who wants to take it out again without a search. Good for as
/// long as the entry is there.
public sealed interface Place permits Node {}
