/// Benchmarks, one class per question.
package org.skyway.experiments.jmh;
