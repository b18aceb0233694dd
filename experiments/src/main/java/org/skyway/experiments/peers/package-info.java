/// What Skyway is compared with, and what that needs of the host: Open vSwitch with DPDK, DPDK's
/// `net_memif` between VNFs, and huge pages, which are set and put back. Nothing is installed: what
/// is missing is unpacked into a cache.
package org.skyway.experiments.peers;
