/// VNFs that end, stop and come back at every step of a link's life, memory that is missing, agents
/// that do not answer: what the switch and everybody else make of it.
package org.skyway.experiments.faults;
