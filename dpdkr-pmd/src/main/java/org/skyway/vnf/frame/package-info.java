/// Frames: those that a source makes and a sink recognises, and what can be read off any frame.
package org.skyway.vnf.frame;
