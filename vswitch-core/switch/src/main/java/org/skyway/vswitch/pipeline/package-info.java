/// The OpenFlow pipeline: one packet's flow key in, a program for the datapath out. The translation
/// looks at tables, groups, ports and learned MAC addresses, and notes which bits of the key it
/// looked at, so that its result serves every packet that agrees on those bits.
package org.skyway.vswitch.pipeline;
