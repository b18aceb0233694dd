/// The command `skyway p2p`, which needs no switch.
package org.skyway.p2p.cli;
