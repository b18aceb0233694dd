/// The two ends of a chain: traffic out, and traffic in.
package org.skyway.vnf.traffic;
