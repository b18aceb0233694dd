/// TCP between two stock guests: by a link and by the table, with and without offloads.
package org.skyway.experiments.iperf;
