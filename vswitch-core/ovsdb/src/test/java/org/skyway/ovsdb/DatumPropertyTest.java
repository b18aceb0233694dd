package org.skyway.ovsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What is told is read as what it was, and what is none is refused with a sentence.
class DatumPropertyTest {
    private static final int ROUNDS = 3000;

    private final long seed = Long.getLong("skyway.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void whatIsWrittenIsRead() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            ColumnType type = type();
            Datum value = datum(type);
            JsonNode wire = JsonRpc.JSON.readTree(JsonRpc.JSON.writeValueAsString(value.json()));
            assertEquals(value, Datum.parse(wire, type), "seed " + seed);
        }
    }

    @Test
    void whatIsOfAnotherTypeIsRefusedAndNothingElseHappens() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            ColumnType type = type();
            JsonNode wire = JsonRpc.JSON.readTree(hostile(3));
            try {
                Datum read = Datum.parse(wire, type);
                assertEquals(read, Datum.parse(read.json(), type), "seed " + seed);
            } catch (OvsdbException e) {
                assertEquals(-1, e.getMessage().indexOf('\n'));
            }
        }
        ColumnType integers = new ColumnType(ColumnType.Kind.INTEGER, null);
        for (String wrong :
                List.of("1.5", "\"1\"", "9223372036854775808", "[\"set\",[true]]", "null")) {
            assertThrows(
                    OvsdbException.class,
                    () -> Datum.parse(JsonRpc.JSON.readTree(wrong), integers),
                    wrong);
        }
    }

    private ColumnType type() {
        ColumnType.Kind[] kinds = ColumnType.Kind.values();
        return new ColumnType(
                kinds[random.nextInt(kinds.length)],
                random.nextBoolean() ? null : kinds[random.nextInt(kinds.length)]);
    }

    private Datum datum(ColumnType type) {
        int size = random.nextInt(5);
        if (type.isMap()) {
            Map<Object, Object> pairs = new HashMap<>();
            for (int i = 0; i < size; i++) {
                pairs.put(atom(type.key()), atom(type.value()));
            }
            return Datum.of(pairs);
        }
        Set<Object> atoms = new HashSet<>();
        for (int i = 0; i < size; i++) {
            atoms.add(atom(type.key()));
        }
        return Datum.of(atoms);
    }

    private Object atom(ColumnType.Kind kind) {
        return switch (kind) {
            case INTEGER -> random.nextLong() >> random.nextInt(64);
            case REAL -> random.nextInt(1000) / 8.0;
            case BOOLEAN -> random.nextBoolean();
            case STRING -> text();
            case UUID -> new UUID(random.nextLong(), random.nextLong());
        };
    }

    // A set of one element that looks like a tagged value is still a string.
    private String text() {
        return List.of("", "set", "map", "uuid", "a\"b{", "\u00e4[", "x".repeat(200))
                .get(random.nextInt(7));
    }

    private String hostile(int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 8)) {
            case 0 -> "null";
            case 1 -> Long.toString(random.nextLong());
            case 2 -> "1e400";
            case 3 -> "\"" + List.of("set", "map", "uuid", "x").get(random.nextInt(4)) + "\"";
            case 4 -> "true";
            case 5 -> "{\"set\":" + hostile(depth - 1) + "}";
            case 6 -> "[\"set\",[" + hostile(depth - 1) + "," + hostile(depth - 1) + "]]";
            default -> "[\"map\",[[" + hostile(depth - 1) + "," + hostile(depth - 1) + "]]]";
        };
    }
}
