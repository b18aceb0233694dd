/// Skyway and a private Open vSwitch side by side: the same commands and packets for both, and what
/// came of them compared.
package org.skyway.experiments.conformance;
