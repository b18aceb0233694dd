/// The paper's figures, one command each. A [FigureCommand] reads a [Plan], asks its [Experiment]s
/// what is missing before anything starts, and runs them in a [MeasuredSession], which frames each
/// round by the yardstick, keeps what was measured and writes the report.
///
/// An experiment measures rounds in turn over [Way]s that are all up at the same time: through the
/// switch, past it, through another switch. [SkywayBed] is a chain of Java VNFs.
package org.skyway.experiments.figures;
