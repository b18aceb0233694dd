/// What a guest boots: a kernel and an initial file system with a small Java runtime and the VNF
/// programs, nothing else. Built from Debian's packages and the JDK, and kept.
package org.skyway.experiments.vm.image;
