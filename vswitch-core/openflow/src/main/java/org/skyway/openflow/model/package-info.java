/// The OpenFlow vocabulary that every other module speaks: fields, matches, actions, instructions,
/// rules, groups.
///
/// A packet's headers and metadata are one *flow key*: [FlowKey#WORDS] 64-bit words in host order,
/// in which every [Field] has a fixed place. A [Match] is a value and a mask over those words, so
/// the classifier, the detector and the codecs all work on the same representation and none of them
/// converts. Nothing here does any I/O; everything is immutable and may be shared between threads.
package org.skyway.openflow.model;
