package org.skyway.vswitch.datapath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// All megaflows that a poll thread keeps, each in a place of its own that it does not leave. The
/// poll thread adds and removes; the ofproto thread looks through them for outcomes that a change
/// touched.
///
/// **Why nothing is missed.** The poll thread writes the place's id and then looks at the version
/// of the tables ([FlowCache]); the ofproto thread publishes a version and then reads the ids. All
/// four are volatile, so they are in one order, and one of the two sees what the other wrote: the
/// ofproto thread the megaflow, or the poll thread that its translation is of an older version.
final class LiveFlows {
    private static final VarHandle ID = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int FIRST_CAPACITY = 256;

    /// Places, of which there are never fewer.
    ///
    /// @param ids of the megaflow in each place, another one each time; 0 for none
    /// @param flows the megaflows
    record Places(long[] ids, Megaflow[] flows) {
        /// The id of what is in a place. Any thread; what was written before it is seen after it.
        long id(int place) {
            return (long) ID.getVolatile(ids, place);
        }
    }

    private final int capacity;
    private volatile Places places =
            new Places(new long[FIRST_CAPACITY], new Megaflow[FIRST_CAPACITY]);
    private volatile int end; // behind the last place that is in use
    private int[] free = new int[FIRST_CAPACITY]; // below end
    private int freeCount;
    private long lastId;
    private volatile int size;

    LiveFlows(int capacity) {
        this.capacity = capacity;
    }

    boolean isFull() {
        return size == capacity;
    }

    /// Adds a megaflow. Not when it [#isFull].
    void add(Megaflow flow) {
        int place;
        if (freeCount > 0) {
            place = free[--freeCount];
        } else {
            place = end;
            if (place == places.ids.length) {
                int more = Math.min(capacity, 2 * place);
                Places grown =
                        new Places(
                                Arrays.copyOf(places.ids, more), Arrays.copyOf(places.flows, more));
                free = new int[more]; // none is free now
                places = grown;
            }
            end = place + 1;
        }
        flow.place = place;
        places.flows[place] = flow;
        ID.setVolatile(places.ids, place, ++lastId);
        size = size + 1;
    }

    /// Removes a megaflow.
    void remove(Megaflow flow) {
        int place = flow.place;
        flow.place = -1;
        ID.setVolatile(places.ids, place, 0L);
        places.flows[place] = null;
        size = size - 1;
        if (size == 0) {
            end = 0;
            freeCount = 0;
        } else {
            free[freeCount++] = place;
        }
    }

    /// What is in a place. The poll thread, or any thread that has read the id.
    ///
    /// @return null for none
    Megaflow at(int place) {
        return places.flows()[place];
    }

    /// The places as they are. Any thread.
    Places places() {
        return places;
    }

    /// How many places there are at most. Any thread, before [#places].
    int end() {
        return end;
    }

    /// How many megaflows there are. Any thread.
    int size() {
        return size;
    }
}
