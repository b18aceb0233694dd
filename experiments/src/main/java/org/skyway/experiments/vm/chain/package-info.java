/// Chains of virtual machines, described in a file, started and removed as one.
package org.skyway.experiments.vm.chain;
