package org.skyway.bypass.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/// Finds names in a text that what is made of it does not have. A misspelt name is most often one
/// that is missing as well, and to be told that it is missing does not help to find it.
public final class KnownKeys {
    private KnownKeys() {}

    /// Looks for an unknown name.
    ///
    /// @param mapper how the text is read
    /// @param text the whole text
    /// @param type what is made of it
    /// @return which name there is not, where, and what there is; null if all are known
    /// @throws JsonProcessingException if the text can't be read at all
    public static String firstUnknown(ObjectMapper mapper, String text, Class<?> type)
            throws JsonProcessingException {
        return unknown(mapper, mapper.readTree(text), mapper.constructType(type), "");
    }

    private static String unknown(ObjectMapper mapper, JsonNode node, JavaType type, String path) {
        if (node.isArray() && type.isCollectionLikeType()) {
            for (int i = 0; i < node.size(); i++) {
                String place = "%s[%d]".formatted(path, i);
                String found = unknown(mapper, node.get(i), type.getContentType(), place);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        if (!node.isObject() || type.isMapLikeType() || type.isCollectionLikeType()) {
            return null;
        }
        Map<String, JavaType> known = known(mapper, type);
        if (known.isEmpty()) {
            return null; // read in a way of its own
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.containsKey(name)) {
                return "there is no \"%s\"%s; there is %s"
                        .formatted(
                                name,
                                path.isEmpty() ? "" : " in " + path,
                                String.join(", ", known.keySet()));
            }
            String place = path.isEmpty() ? name : path + "." + name;
            String found = unknown(mapper, node.get(name), known.get(name), place);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static Map<String, JavaType> known(ObjectMapper mapper, JavaType type) {
        Map<String, JavaType> known = new TreeMap<>();
        for (BeanPropertyDefinition p :
                mapper.getDeserializationConfig().introspect(type).findProperties()) {
            if (p.getConstructorParameter() != null) {
                known.put(p.getName(), p.getConstructorParameter().getType());
            }
        }
        return known;
    }
}
