/// Rules, packets and messages that are chosen to hurt the switch, beside a pair of VNFs and a
/// controller that are not to notice.
package org.skyway.experiments.siege;
