/// The switch in the place of `ovs-vswitchd`: configured by an OVSDB database, asked by
/// `ovs-appctl`.
///
/// [org.skyway.vswitch.dropin.DropIn] is told by the database's client of what changed, and has a
/// [org.skyway.vswitch.dropin.Pass] bring the running [org.skyway.vswitch.dropin.Bridges] to what
/// is wanted, on a thread of its own. What comes of it, and how interfaces and controllers are, is
/// written back by one transaction each.
package org.skyway.vswitch.dropin;
