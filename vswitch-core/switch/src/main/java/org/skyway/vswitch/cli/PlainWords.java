package org.skyway.vswitch.cli;

import java.util.HashSet;
import java.util.Set;

/// The words of a command line, as long as they are plain: names of options that are written out,
/// each with its value behind it, if it has one, and none twice that is to be there once. To read
/// such a line takes a hundredth of what it takes to make the model of a command by its
/// annotations, which is a good part of the time in which a switch starts. Whatever else there may
/// be is for who has that model, and who says what is wrong with it.
final class PlainWords {
    private final String[] words;
    private int at;
    private String name;
    private String attached; // behind a =; null for nothing
    private boolean plain = true;
    private final Set<String> seen = new HashSet<>();

    /// @param words a command line
    /// @param first where its options begin
    PlainWords(String[] words, int first) {
        this.words = words;
        at = first;
    }

    /// Goes on to the next option, or to a word that is none.
    ///
    /// @return false if there is none, or something was not plain
    boolean next() {
        if (!plain || at == words.length) {
            return false;
        }
        String word = words[at++];
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        name = equals < 0 ? word : word.substring(0, equals);
        attached = equals < 0 ? null : word.substring(equals + 1);
        return true;
    }

    /// The option, or the word.
    String name() {
        return name;
    }

    /// The value of an option that may be there several times.
    ///
    /// @return the value; empty if there is no plain one
    String value() {
        String value = attached;
        if (value == null && at < words.length && !words[at].startsWith("-")) {
            value = words[at++];
        }
        return value == null ? refuse() : checked(value);
    }

    /// The value of an option that is there once.
    ///
    /// @return the value; empty if there is no plain one
    String single() {
        once();
        return value();
    }

    /// The number that is the value of an option that is there once.
    ///
    /// @return the number; 0 if there is no plain one
    int number() {
        String value = single();
        boolean digits = !value.isEmpty() && value.length() < 10;
        for (int i = 0; i < value.length(); i++) {
            digits &= value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        if (!digits) {
            refuse();
            return 0;
        }
        return Integer.parseInt(value);
    }

    /// The value of an option that is there once, and for which something else stands if there is
    /// none.
    ///
    /// @param other that
    /// @return the value, or that
    String singleOr(String other) {
        once();
        if (attached != null) {
            return checked(attached);
        }
        if (at < words.length && !words[at].startsWith("-")) {
            return refuse(); // it could be the value
        }
        return other;
    }

    /// An option without a value, or a word, that is there once.
    ///
    /// @return true
    boolean once() {
        if (!seen.add(name)) {
            refuse();
        }
        return true;
    }

    /// An option that has no value.
    ///
    /// @return true
    boolean flag() {
        if (attached != null) {
            refuse();
        }
        return once();
    }

    /// Notes that what is there is not plain.
    ///
    /// @return nothing
    String refuse() {
        plain = false;
        return "";
    }

    /// Whether all that was there was plain.
    boolean arePlain() {
        return plain;
    }

    // Nothing, and names of files with further arguments.
    private String checked(String value) {
        return value.isEmpty() || value.startsWith("@") ? refuse() : value;
    }
}
