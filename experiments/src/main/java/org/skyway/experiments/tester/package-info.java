/// Testers, `skyway vnf tester`, as an experiment speaks with them; and a hop that is measured
/// alone.
package org.skyway.experiments.tester;
