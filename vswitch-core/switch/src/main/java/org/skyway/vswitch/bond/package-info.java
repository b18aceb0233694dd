/// Bonds of ports: which members may send, which one is active, who of a balanced bond sends what.
/// What comes of it is a [org.skyway.vswitch.tables.Bond] for whoever forwards. The ofproto thread
/// only.
package org.skyway.vswitch.bond;
