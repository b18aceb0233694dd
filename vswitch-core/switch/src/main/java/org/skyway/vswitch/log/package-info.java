/// Which modules the log has, and how users name and change their levels.
package org.skyway.vswitch.log;
