/// The commands `skyway vswitchd` and `skyway ctl`.
package org.skyway.vswitch.cli;
