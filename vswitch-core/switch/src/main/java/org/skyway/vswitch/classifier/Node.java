package org.skyway.vswitch.classifier;

/// One entry in a bucket of a [Tuple]. Immutable, so that readers may follow a chain that is being
/// replaced.
final class Node<T> {
    final long hash;
    final long[] values; // of the tuple's mask words, in order
    final int priority;
    final T value;
    final Node<T> next; // of lower or equal priority

    Node(long hash, long[] values, int priority, T value, Node<T> next) {
        this.hash = hash;
        this.values = values;
        this.priority = priority;
        this.value = value;
        this.next = next;
    }
}
