/// Programs between two ports: what comes in at one goes out at the other, unless a filter drops
/// it.
package org.skyway.vnf.relay;
