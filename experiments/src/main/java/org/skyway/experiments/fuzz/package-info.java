/// Coverage-guided fuzzing with Jazzer: what reads bytes that others wrote must answer them, and
/// not throw. A target is a class with a method that takes one input; its seeds are in the
/// resources, a line of hexadecimal digits each. A test runs each target for a few seconds, `skyway
/// experiment fuzz` for as long as one likes.
package org.skyway.experiments.fuzz;
