/// The C reference that rounds are framed by and that the product's ring is compared with. It is
/// built with gcc when an experiment starts.
package org.skyway.experiments.yardstick;
