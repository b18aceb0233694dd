/// Frames and flow keys: a frame for a flow key, and the flow key of a frame.
///
/// This is for examples, traces and tests, on byte arrays; the datapath has its own parser.
package org.skyway.openflow.packet;
