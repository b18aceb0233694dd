/// The agent as a process of its own, `skyway agent`: for a switch that shall not have libvirt in
/// its process, or not run as the user that may use libvirt.
///
/// The switch connects to the agent's socket and has an [org.skyway.agent.service.RemoteAgent],
/// which looks like any other agent; the service serves one switch at a time, and starts with each
/// one anew, as if the agent ran inside it. Messages are records as lines of JSON.
///
/// When the service ends while the switch lives, links that are up go on. When it is there again,
/// it lets all drivers say hello anew; before that, the switch takes their links back.
package org.skyway.agent.service;
