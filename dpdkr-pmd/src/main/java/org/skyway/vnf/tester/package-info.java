/// What a tester does: rounds of sending, receiving and sending back, by command.
package org.skyway.vnf.tester;
