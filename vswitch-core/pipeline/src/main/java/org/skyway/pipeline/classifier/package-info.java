/// Which entry of a table a flow key hits: tuple-space search, as in Open vSwitch's classifier. One
/// hash table for each mask in use, tried in order of the highest priority in it. One thread
/// writes; any number of poll threads read without a lock.
package org.skyway.pipeline.classifier;
