/// The durable record of what happened to a switch: flow-mods, links, VNFs.
package org.skyway.vswitch.journal;
