/// The switch as a process: start and stop in the right order, and the socket by which `skyway ctl`
/// asks and tells it.
package org.skyway.vswitch.daemon;
