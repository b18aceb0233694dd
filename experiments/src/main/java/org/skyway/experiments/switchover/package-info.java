/// What switching over costs real processes, and what it must not: loss, duplicates, other orders.
package org.skyway.experiments.switchover;
