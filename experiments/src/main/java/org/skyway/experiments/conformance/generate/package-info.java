/// Random cases: flows, groups, garbage, and the frames that meet them.
package org.skyway.experiments.conformance.generate;
