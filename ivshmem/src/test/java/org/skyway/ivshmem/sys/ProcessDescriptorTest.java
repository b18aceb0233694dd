package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProcessDescriptorTest {
    @Test
    void seesTheEndOfAProcess() throws Exception {
        Process process = new ProcessBuilder("sleep", "600").start();
        try (ProcessDescriptor descriptor = ProcessDescriptor.of(process.pid())) {
            assertFalse(descriptor.awaitEnd(0));
            process.destroyForcibly();
            assertTrue(descriptor.awaitEnd(20_000));
            assertTrue(descriptor.awaitEnd(0), "it stays at its end");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void seesTheEndOfWhatIsNoChildOfThisProcess() throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; wait").start();
        long pid = Long.parseLong(shell.inputReader().readLine());
        ProcessHandle grandchild = ProcessHandle.of(pid).orElseThrow();
        try (ProcessDescriptor descriptor = ProcessDescriptor.of(pid)) {
            assertFalse(descriptor.awaitEnd(0));
            grandchild.destroyForcibly();
            assertTrue(descriptor.awaitEnd(20_000));
        } finally {
            grandchild.destroyForcibly();
            shell.destroyForcibly();
        }
    }

    @Test
    void whoIsGoneHasEnded() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        try (ProcessDescriptor descriptor = ProcessDescriptor.of(process.pid())) {
            assertTrue(descriptor.awaitEnd(0));
        }
    }
}
