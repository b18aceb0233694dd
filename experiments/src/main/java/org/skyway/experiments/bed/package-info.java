/// A real switch, real VNFs and a controller in processes of their own, with what judges them: for
/// experiments that hurt the switch and look whether anybody else notices.
package org.skyway.experiments.bed;
