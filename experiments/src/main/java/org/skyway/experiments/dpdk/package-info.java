/// DPDK applications on Skyway's ports: the driver in C, and stock `testpmd` with it.
package org.skyway.experiments.dpdk;
