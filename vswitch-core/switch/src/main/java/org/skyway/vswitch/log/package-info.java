/// Which modules the log of the switch has.
package org.skyway.vswitch.log;
