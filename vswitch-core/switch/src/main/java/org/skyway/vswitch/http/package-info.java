/// The live page and the metrics of a switch, over HTTP: off unless asked for, on loopback unless
/// there is TLS and a token. Nothing here is on the way of packets; it asks the switch what `skyway
/// ctl` asks.
package org.skyway.vswitch.http;
