/// Regions of shared memory: create, map and unmap a host file, and the one way to read and write
/// them.
///
/// A region is addressed by raw addresses through [org.skyway.ivshmem.region.Memory], because that
/// is what the compiler folds to plain loads and stores. The price is that an unmapped region must
/// never be touched: whoever closes a [org.skyway.ivshmem.region.Region] has first made sure that
/// every thread that polls it has let go of it.
package org.skyway.ivshmem.region;
