/// JMH benchmarks, one class for each question.
package org.skyway.experiments.jmh;
