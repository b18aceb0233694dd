/// What is given to people who have neither checkout nor JDK: an archive and a Debian package, with
/// a Java runtime of their own. Both hold the same [Installation].
package org.skyway.experiments.packaging;
