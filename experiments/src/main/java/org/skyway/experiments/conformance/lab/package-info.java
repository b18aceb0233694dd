/// The two switches that are compared, each with interfaces of its own, and how to reach them.
package org.skyway.experiments.conformance.lab;
