package org.skyway.openflow.text;

import java.util.ArrayList;
import java.util.List;

/// Splits text into keys with values, as `ovs-ofctl` does: `key`, `key=value`, `key:value` or
/// `key(value)`, separated by commas and white space, with parentheses kept together.
final class Tokens {
    /// One of them.
    ///
    /// @param key up to the delimiter
    /// @param value what follows, without enclosing parentheses; empty for none. Of
    ///   `key(value)->target` it is `value)->target`.
    /// @param delimiter `=`, `:`, `(`, or 0 for none
    record Token(String key, String value, char delimiter) {
        @Override
        public String toString() {
            return switch (delimiter) {
                case 0 -> key;
                case '(' -> key + "(" + value + (value.contains(ARROW) ? "" : ")");
                default -> key + delimiter + value;
            };
        }
    }

    /// Between an action's arguments and what its result is written to.
    private static final String ARROW = ")->";

    private final String text;
    private int at;

    private Tokens(String text) {
        this.text = text;
    }

    static List<Token> of(String text) {
        Tokens tokens = new Tokens(text);
        List<Token> all = new ArrayList<>();
        for (Token token; (token = tokens.next()) != null; ) {
            all.add(token);
        }
        return all;
    }

    private Token next() {
        while (at < text.length() && separates(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return null;
        }
        int start = at;
        while (at < text.length()
                && !separates(text.charAt(at))
                && ":=(".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String key = text.substring(start, at);
        if (at == text.length() || separates(text.charAt(at))) {
            return new Token(key, "", (char) 0);
        }
        char delimiter = text.charAt(at++);
        if (key.isEmpty()) {
            throw new FlowSyntaxException(
                    "\"%s\" has a %s with nothing before it".formatted(text, delimiter));
        }
        int valueStart = at;
        if (delimiter == '(') {
            boolean closed = closing(1);
            if (closed && text.startsWith(ARROW, at - 1)) {
                while (at < text.length() && !separates(text.charAt(at))) {
                    at++;
                }
                return new Token(key, text.substring(valueStart, at), delimiter);
            }
            return new Token(key, text.substring(valueStart, closed ? at - 1 : at), delimiter);
        }
        while (at < text.length() && !separates(text.charAt(at))) {
            if (text.charAt(at++) == '(') {
                closing(1);
            }
        }
        return new Token(key, text.substring(valueStart, at), delimiter);
    }

    /// Moves past the parenthesis that closes those that are open, or to the end.
    ///
    /// @return whether there is one
    private boolean closing(int open) {
        int depth = open;
        while (depth > 0) {
            if (at == text.length()) {
                return false; // the end closes all, as for ovs-ofctl
            }
            char c = text.charAt(at++);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        return true;
    }

    private static boolean separates(char c) {
        return c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }
}
