package org.skyway.experiments.packaging;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JarsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "com/sun/jna/Native.class",
                "com/sun/jna/win32/DLLCallback.class",
                "com/sun/jna/linux-x86-64/libjnidispatch.so",
                "jni/x86_64-Linux/libjffi-1.2.so",
                "com/code_intelligence/jazzer/jazzer_preload_linux_x86_64/libjazzer_preload.so",
                "META-INF/native/libnetty_transport_native_epoll_x86_64/linux-amd64/a.so",
                "com/code_intelligence/jazzer/runtime/jazzer_bootstrap.jar"
            })
    void whatThisPlatformNeedsStays(String name) {
        assertTrue(Jars.isWanted(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com/sun/jna/linux-x86/libjnidispatch.so",
                "com/sun/jna/linux-aarch64/libjnidispatch.so",
                "com/sun/jna/win32-x86-64/jnidispatch.dll",
                "com/sun/jna/freebsd-x86-64/libjnidispatch.so",
                "com/sun/jna/aix-ppc64/libjnidispatch.a",
                "jni/Darwin/libjffi-1.2.jnilib",
                "jni/x86_64-OpenBSD/libjffi-1.2.so",
                "com/code_intelligence/jazzer/jazzer_preload_macos_x86_64/libjazzer_preload.dylib"
            })
    void nativeCodeOfOthersGoes(String name) {
        assertFalse(Jars.isWanted(name));
    }
}
