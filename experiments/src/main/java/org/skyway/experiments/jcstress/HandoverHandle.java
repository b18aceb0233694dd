package org.skyway.experiments.jcstress;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.Method;
import java.util.Arrays;

/// A driver's `Handover`, which is nobody else's business and so is reached by handles.
final class HandoverHandle {
    private static final MethodHandle NEW;
    private static final MethodHandle SUBMIT;
    private static final MethodHandle PENDING;
    private static final MethodHandle DONE;
    private static final MethodHandle SLOT;
    private static final Object DETACH;

    static {
        try {
            Class<?> type = Class.forName("org.skyway.pmd.port.Handover");
            Class<?> change = Class.forName("org.skyway.pmd.port.Handover$Change");
            Class<?> kind = Class.forName("org.skyway.pmd.port.Handover$Kind");
            Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            NEW = lookup.unreflectConstructor(type.getDeclaredConstructor());
            SUBMIT = lookup.unreflect(method(type, "submit"));
            PENDING = lookup.unreflect(method(type, "pending"));
            DONE = lookup.unreflect(method(type, "done"));
            SLOT = lookup.unreflect(method(change, "slot"));
            DETACH = kind.getEnumConstants()[1];
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Object handover;

    HandoverHandle() {
        try {
            handover = NEW.invoke();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static Method method(Class<?> type, String name) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(m -> m.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void submit(int slot) {
        try {
            SUBMIT.invoke(handover, DETACH, null, slot, null);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    Object pending() {
        try {
            return PENDING.invoke(handover);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int slot(Object change) {
        try {
            return (int) SLOT.invoke(change);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    void done(Object change) {
        try {
            DONE.invoke(handover, change);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
