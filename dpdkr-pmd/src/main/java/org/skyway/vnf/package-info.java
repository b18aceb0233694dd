/// The VNF programs, each a command of its own. A program sees ports and bursts and has no idea of
/// the switch or of direct links.
package org.skyway.vnf;
