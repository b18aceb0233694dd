/// A bridge put together: ports, tables, detector, link manager and datapath behind one OpenFlow
/// switch. All of it runs on the ofproto thread but the poll threads.
package org.skyway.vswitch.bridge;
