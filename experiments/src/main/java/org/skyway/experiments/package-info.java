/// What is not part of the product but shows what it does: the demo, benchmarks, experiments.
package org.skyway.experiments;
