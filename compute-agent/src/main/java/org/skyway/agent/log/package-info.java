/// The log of the switch and of the agent as a process: lines on the standard error stream, of text
/// or JSON, with a level for each module that may change while it runs.
package org.skyway.agent.log;
