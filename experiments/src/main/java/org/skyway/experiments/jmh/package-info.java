/// JMH benchmarks, one class per question. Absolute numbers on a shared machine move by 5 to 10
/// times with where the host puts its cores: compare only what ran within seconds, or on one core.
package org.skyway.experiments.jmh;
