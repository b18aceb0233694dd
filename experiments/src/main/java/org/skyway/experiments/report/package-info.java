/// What experiments leave behind: measurements with the conditions they were made under, as CSV,
/// plots, and a page that a person reads; and two such folders side by side.
///
/// A [Measurement] is one value of one round. [Results] keeps all of them and sums them up, [Plot]
/// draws a [Figure], [HtmlReport] tells the whole. Nothing here measures.
package org.skyway.experiments.report;
