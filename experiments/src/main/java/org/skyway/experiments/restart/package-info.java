/// What becomes of traffic, rules and counters when the switch is killed and another takes its
/// place.
package org.skyway.experiments.restart;
