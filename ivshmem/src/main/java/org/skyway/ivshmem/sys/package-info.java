/// System calls that the JDK has no method for, by FFM.
package org.skyway.ivshmem.sys;
