/// Memory that counters lie in, so that they outlive the process that counts.
package org.skyway.vswitch.counters;
