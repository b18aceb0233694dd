/// What the daemon is told to do: from a YAML file, from flags, or both.
package org.skyway.vswitch.config;
