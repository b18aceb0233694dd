/// The agent for VNFs that are processes on this host: their drivers connect to a UNIX socket, and
/// a region gets into them by being mapped.
package org.skyway.agent.process;
