/// What the live page costs the switch that serves it.
package org.skyway.experiments.page;
