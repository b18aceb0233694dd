/// What went wrong inside the switch and was survived: counted by kind, told once in a while.
package org.skyway.vswitch.fault;
