/// VNFs and messages that are meant to hurt, beside some that are not to notice.
package org.skyway.experiments.hostile;
