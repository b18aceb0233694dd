/// What changes of the tables cost packets that they do not touch.
package org.skyway.experiments.caches;
