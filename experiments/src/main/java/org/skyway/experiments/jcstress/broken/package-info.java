/// Hand-overs with a release or an acquire too few: jcstress must find what is wrong with them.
package org.skyway.experiments.jcstress.broken;
