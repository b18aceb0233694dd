/// A client of an OVSDB server (RFC 7047), as `ovs-vswitchd` is one: it holds a lock, keeps a typed
/// replica of the tables that it wants, and writes by transactions that assert the lock.
///
/// [org.skyway.ovsdb.OvsdbClient] keeps the connection; what it knows is a
/// [org.skyway.ovsdb.Snapshot] of [org.skyway.ovsdb.Row]s whose columns are
/// [org.skyway.ovsdb.Datum]s. Whatever the server says is checked against the schema that it has
/// told before it gets there; what can't be ends the connection, and another is tried later.
package org.skyway.ovsdb;
