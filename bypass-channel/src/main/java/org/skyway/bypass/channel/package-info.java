/// What lies in a region: the port region that one VNF shares with the switch, and the link region
/// that two VNFs share with each other.
///
/// ```
/// port region                            link region
///   header (switch)                        header (switch)
///   control block (switch, VNF)            ring from side A to side B
///   statistics block (VNF)                 ring from side B to side A
///   ring to the switch
///   ring to the VNF
/// ```
package org.skyway.bypass.channel;
