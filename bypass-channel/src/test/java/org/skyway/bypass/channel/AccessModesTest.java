package org.skyway.bypass.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;

/// The modes in which cursors and words of shared memory are read and written. On x86 nothing shows
/// when one is too weak: the processor keeps the order, and the compiler leaves accesses to memory
/// that is not its heap where they are. On other processors packets would come in pieces.
class AccessModesTest {
    private static final List<Class<?>> CLASSES =
            List.of(RingProducer.class, RingConsumer.class, ControlBlock.class, RegionHeader.class);

    private static Set<String> accesses(String owner, String method, Class<?> to)
            throws IOException {
        Class<?> type =
                CLASSES.stream()
                        .filter(c -> c.getSimpleName().equals(owner))
                        .findFirst()
                        .orElse(Memory.class);
        ClassModel model;
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            model = ClassFile.of().parse(in.readAllBytes());
        }
        Set<String> found = new TreeSet<>();
        for (MethodModel m : model.methods()) {
            if (!m.methodName().equalsString(method)) {
                continue;
            }
            m.code()
                    .orElseThrow()
                    .forEach(e -> {
                        if (e instanceof InvokeInstruction i
                                && i.owner().name().equalsString(to.getName().replace('.', '/'))) {
                            found.add(i.name().stringValue());
                        }
                    });
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource({
        "RingProducer, publish, putLongRelease",
        "RingConsumer, release, putLongRelease",
        "RingConsumer, refreshTail, getLongAcquire",
        "RegionHeader, matches, 'getInt getIntAcquire getLong'",
        "ControlBlock, command, 'getLongAcquire putLongRelease'",
        "ControlBlock, obeyed, 'getLongAcquire putLongRelease'",
        "ControlBlock, ended, 'getLongAcquire putLongRelease'",
        "ControlBlock, rxCommand, getLongAcquire",
        "ControlBlock, rxObeyed, 'getLongAcquire putLongRelease'",
    })
    void cursorsAndWordsAreHandedOver(String owner, String method, String modes) throws Exception {
        assertEquals(modes, String.join(" ", accesses(owner, method, Memory.class)));
    }

    @ParameterizedTest
    @CsvSource({
        "getLongAcquire, getAcquire",
        "putLongRelease, setRelease",
        "getIntAcquire, getAcquire",
        "putIntRelease, setRelease",
        "getLongOpaque, getOpaque",
        "putLongOpaque, setOpaque",
    })
    void memoryDoesWhatItsNamesSay(String method, String mode) throws Exception {
        assertEquals(Set.of(mode), accesses("Memory", method, java.lang.invoke.VarHandle.class));
    }
}
