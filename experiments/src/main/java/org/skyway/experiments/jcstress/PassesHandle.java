package org.skyway.experiments.jcstress;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;

/// A poll thread's `Passes`, which are nobody else's business and so are reached by handles.
final class PassesHandle {
    private static final MethodHandle NEW_QUEUE;
    private static final MethodHandle NEW;
    private static final MethodHandle BEGIN;
    private static final MethodHandle ADVANCE;
    private static final MethodHandle QUIET;
    private static final MethodHandle HAS_SEEN;

    static {
        try {
            Class<?> type = Class.forName("org.skyway.vswitch.datapath.Passes");
            Class<?> queue = Class.forName("org.skyway.vswitch.datapath.CommandQueue");
            Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            NEW_QUEUE = as(lookup.unreflectConstructor(queue.getDeclaredConstructor()));
            NEW = as(lookup.unreflectConstructor(type.getDeclaredConstructor(queue)));
            BEGIN = as(lookup.unreflect(type.getDeclaredMethod("begin", long.class)));
            ADVANCE = as(lookup.unreflect(type.getDeclaredMethod("advance")));
            QUIET = as(lookup.unreflect(type.getDeclaredMethod("quiet", boolean.class)));
            HAS_SEEN = as(lookup.unreflect(type.getDeclaredMethod("hasSeen", long.class)));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Object passes;

    PassesHandle() {
        try {
            passes = (Object) NEW.invokeExact((Object) NEW_QUEUE.invokeExact());
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    // What is not primitive is an object here.
    private static MethodHandle as(MethodHandle handle) {
        MethodType type = handle.type();
        return handle.asType(type.erase());
    }

    void begin(long lastTicket) {
        try {
            BEGIN.invokeExact(passes, lastTicket);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    void advance() {
        try {
            ADVANCE.invokeExact(passes);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    void quiet(boolean value) {
        try {
            QUIET.invokeExact(passes, value);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    boolean hasSeen(long ticket) {
        try {
            return (boolean) HAS_SEEN.invokeExact(passes, ticket);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
