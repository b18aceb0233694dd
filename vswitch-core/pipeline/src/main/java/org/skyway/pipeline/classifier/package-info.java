/// What a flow table's entries lie in: which of them a flow key hits, by tuple-space search as in
/// Open vSwitch's classifier. One hash table for each mask in use, tried in order of the highest
/// priority in it. One thread writes; any number of poll threads read without a lock, each in a
/// version of its choice.
///
/// The writer asks the same tables for more: an entry by priority and match, all in the order in
/// which they came ([Arrivals]), and those that some packets may match by descending priority
/// ([OverlapWalk]). What only that needs ([Priorities], [Projections]) holds the entries that are
/// there now, and no reader looks at it.
package org.skyway.pipeline.classifier;
