/// Processes and run directories of experiments.
package org.skyway.experiments.process;
