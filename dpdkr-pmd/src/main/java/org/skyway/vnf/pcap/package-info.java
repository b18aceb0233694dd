/// Classic pcap files, in and out.
package org.skyway.vnf.pcap;
