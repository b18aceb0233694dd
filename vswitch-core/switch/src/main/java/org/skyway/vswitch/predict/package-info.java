/// What flow-mods and group-mods would do: they are read as `ovs-ofctl` reads them, admitted as the
/// switch admits them, and done to a copy of the tables.
package org.skyway.vswitch.predict;
