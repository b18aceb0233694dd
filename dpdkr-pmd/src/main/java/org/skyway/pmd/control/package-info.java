/// The driver's end of the control channel: it introduces itself to the agent, maps what it is told
/// to map, and lets go of it again.
package org.skyway.pmd.control;
