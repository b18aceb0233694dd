/// The live page and the metrics of a real chain, by a real browser and a real Prometheus.
package org.skyway.experiments.page;
