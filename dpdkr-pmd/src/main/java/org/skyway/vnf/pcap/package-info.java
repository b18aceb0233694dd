/// Capture files: pcap and pcapng in, pcap out.
package org.skyway.vnf.pcap;
