/// Tables, groups and ports in; point-to-point links, or the reason why there is none, out.
package org.skyway.p2p.detect;
