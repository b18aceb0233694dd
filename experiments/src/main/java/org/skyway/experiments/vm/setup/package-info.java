/// How long it takes until a link between two guests is up.
package org.skyway.experiments.vm.setup;
