/// The switch in the place of `ovs-vswitchd`, with the real programs that speak to that.
package org.skyway.experiments.dropin;
