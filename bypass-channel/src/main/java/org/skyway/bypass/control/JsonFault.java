package org.skyway.bypass.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What is wrong with somebody's JSON or YAML, in words that need no knowledge of this program's
/// classes. Any thread.
public final class JsonFault {
    private JsonFault() {}

    /// Puts it into a sentence.
    ///
    /// @param e what reading it came to
    /// @return what is wrong, and with which key, without the place in the file
    public static String sentence(JsonProcessingException e) {
        return switch (e) {
            case UnrecognizedPropertyException u -> {
                Collection<Object> known = u.getKnownPropertyIds();
                yield "there is no \"%s\"%s; there %s"
                        .formatted(
                                u.getPropertyName(),
                                within(u, 1),
                                known == null || known.isEmpty()
                                        ? "is nothing that could be said"
                                        : "is " + list(known));
            }
            case InvalidTypeIdException t ->
                    t.getTypeId() == null
                            ? "it has no \"type\""
                            : "there is no type \"%s\"".formatted(t.getTypeId());
            case ValueInstantiationException v when v.getCause() != null ->
                    v.getCause().getMessage();
            case MismatchedInputException m -> {
                String what = kind(m.getTargetType());
                yield m.getPath().isEmpty()
                        ? "it is not " + what
                        : "%s is not %s".formatted(path(m.getPath()), what);
            }
            case JsonMappingException m when m.getCause() instanceof IllegalArgumentException c ->
                    c.getMessage();
            case JsonMappingException m ->
                    path(m.getPath()) + " can't be read as what it should be";
            default -> e.getOriginalMessage(); // of the parser, which knows of characters only
        };
    }

    private static String within(JsonMappingException e, int last) {
        List<JsonMappingException.Reference> path = e.getPath();
        return path.size() <= last ? "" : " in " + path(path.subList(0, path.size() - last));
    }

    private static String path(List<JsonMappingException.Reference> path) {
        StringBuilder text = new StringBuilder();
        for (JsonMappingException.Reference step : path) {
            if (step.getFieldName() == null) {
                text.append('[').append(step.getIndex()).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return text.isEmpty() ? "it" : text.toString();
    }

    private static String kind(Class<?> type) {
        if (type == null) {
            return "what it should be";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "a number that fits";
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "a text";
        }
        if (type.isEnum()) {
            return "one of " + list(List.of(type.getEnumConstants()));
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        return Map.class.isAssignableFrom(type) || type.isRecord()
                ? "a mapping of keys to values"
                : "what it should be";
    }

    private static String list(Collection<?> names) {
        TreeSet<String> sorted = new TreeSet<>();
        names.forEach(n -> sorted.add(n.toString()));
        return String.join(", ", sorted);
    }
}
