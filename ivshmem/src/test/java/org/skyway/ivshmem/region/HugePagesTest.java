package org.skyway.ivshmem.region;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HugePagesTest {
    @Test
    void mountsAreReadWithTheSizeOfTheirPages() {
        assertEquals(
                List.of(
                        new HugePages(Path.of("/dev/hugepages"), 2L << 20),
                        new HugePages(Path.of("/mnt/big pages"), 1L << 30),
                        new HugePages(Path.of("/mnt/k"), 64L << 10)),
                HugePages.parse(
                        List.of(
                                "tmpfs /dev/shm tmpfs rw,size=64k 0 0",
                                "hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0",
                                "none /mnt/big\\040pages hugetlbfs rw,pagesize=1024M,size=4G 0 0",
                                "none /mnt/k hugetlbfs rw,pagesize=64K 0 0")));
    }
}
