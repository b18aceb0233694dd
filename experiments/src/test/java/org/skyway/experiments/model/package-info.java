/// The switch-over protocol, checked in all its interleavings up to stated bounds.
package org.skyway.experiments.model;
