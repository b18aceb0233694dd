package org.skyway.bypass.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonFaultTest {
    record Guest(String name, Integer core) {
        Guest {
            if ("x".equals(name)) {
                throw new IllegalArgumentException("guest x is not wanted");
            }
        }
    }

    enum Colour {
        RED,
        BLUE
    }

    record Chain(
            List<Guest> guests, Map<String, List<String>> domains, Boolean on, Colour colour) {}

    @Test
    void unknownNamesAreFoundBeforeWhatIsMissing() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        assertEquals(
                "there is no \"nmae\" in guests[1]; there is core, name",
                KnownKeys.firstUnknown(
                        mapper,
                        "{\"guests\": [{\"name\": \"a\"}, {\"nmae\": \"b\"}]}",
                        Chain.class));
        assertEquals(
                "there is no \"gests\"; there is colour, domains, guests, on",
                KnownKeys.firstUnknown(mapper, "{\"gests\": 1}", Chain.class));
        assertNull(
                KnownKeys.firstUnknown(
                        mapper, "{\"domains\": {\"any\": []}, \"guests\": 3}", Chain.class));
    }

    @Test
    void whatIsWrongIsSaidWithoutClassNames() {
        says("there is no \"gests\"; there is colour, domains, guests, on", "{\"gests\": []}");
        says(
                "there is no \"cores\" in guests[1]; there is core, name",
                "{\"guests\": [{\"name\": \"a\"}, {\"cores\": 1}]}");
        says("guests is not a list", "{\"guests\": 5}");
        says("guests[0] is not a mapping of keys to values", "{\"guests\": [5]}");
        says("guests[0].core is not a number that fits", "{\"guests\": [{\"core\": \"abc\"}]}");
        says("guests[0].name is not a text", "{\"guests\": [{\"name\": [1]}]}");
        says("guest x is not wanted", "{\"guests\": [{\"name\": \"x\"}]}");
        says("domains is not a mapping of keys to values", "{\"domains\": [1]}");
        says("domains.a is not a list", "{\"domains\": {\"a\": \"b\"}}");
        says("on is not true or false", "{\"on\": \"perhaps\"}");
        says("colour is not one of BLUE, RED", "{\"colour\": \"GREEN\"}");
        says("it is not a mapping of keys to values", "[1]");
    }

    @Test
    void whatIsNoJsonIsSaidByTheParser() {
        String sentence = sentence("{\"guests\": ]");
        assertFalse(
                sentence.contains("com.fasterxml") || sentence.contains("org.skyway"), sentence);
        assertFalse(sentence.isBlank());
    }

    private static void says(String sentence, String json) {
        assertEquals(sentence, sentence(json));
    }

    private static String sentence(String json) {
        return JsonFault.sentence(
                assertThrows(
                        JsonProcessingException.class,
                        () -> new ObjectMapper().readValue(json, Chain.class)));
    }
}
