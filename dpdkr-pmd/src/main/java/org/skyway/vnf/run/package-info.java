/// What all VNF programs share: options, the poll loop, statistics and the way they end.
package org.skyway.vnf.run;
