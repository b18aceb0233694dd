/// `skyway demo`: a chain of VNFs made faster before the user's eyes.
package org.skyway.experiments.demo;
