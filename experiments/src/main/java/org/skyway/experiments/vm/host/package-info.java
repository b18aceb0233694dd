/// Guests on this host: a libvirt to run them under, their description, and chains of them.
package org.skyway.experiments.vm.host;
