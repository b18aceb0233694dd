/// How Open vSwitch's daemons are asked and told by `ovs-appctl`: a file with the process's id that
/// the process has locked ([org.skyway.unixctl.PidFile]), and beside it a UNIX socket that speaks
/// JSON-RPC ([org.skyway.unixctl.UnixctlServer]).
package org.skyway.unixctl;
