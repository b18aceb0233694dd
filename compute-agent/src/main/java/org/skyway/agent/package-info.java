/// Who owns a port, and how a region gets into it. The switch asks an [org.skyway.agent.Agent] to
/// plug link regions into VNFs and to take them out again; the agent tells a
/// [org.skyway.agent.PortHost] which VNFs come and go.
package org.skyway.agent;
