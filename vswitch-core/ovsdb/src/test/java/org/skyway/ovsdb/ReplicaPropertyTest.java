package org.skyway.ovsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// A replica is what a map of rows would be that takes each update as it comes.
class ReplicaPropertyTest {
    private static final Schema SCHEMA =
            new Schema(
                    "test",
                    "1.0.0",
                    Map.of(
                            "T",
                            Map.of(
                                    "name", new ColumnType(ColumnType.Kind.STRING, null),
                                    "count", new ColumnType(ColumnType.Kind.INTEGER, null))));

    private final long seed = Long.getLong("skyway.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void followsUpdates() {
        Replica replica = new Replica(SCHEMA);
        Map<UUID, Map<String, Object>> model = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            ObjectNode updates = JsonRpc.JSON.createObjectNode();
            ObjectNode table = updates.putObject("T");
            boolean nameChanged = false;
            boolean countChanged = false;
            for (int n = random.nextInt(4); n > 0; n--) {
                List<UUID> there = new ArrayList<>(model.keySet());
                boolean isNew = there.isEmpty() || random.nextInt(3) == 0;
                UUID uuid =
                        isNew
                                ? new UUID(random.nextLong(), random.nextLong())
                                : there.get(random.nextInt(there.size()));
                if (table.has(uuid.toString())) {
                    continue;
                }
                ObjectNode row = table.putObject(uuid.toString());
                if (!isNew && random.nextInt(3) == 0) {
                    row.putObject("old").put("name", "whatever");
                    model.remove(uuid);
                    nameChanged = true;
                    countChanged = true;
                } else {
                    String name = "n" + random.nextInt(3);
                    long count = random.nextInt(3);
                    row.putObject("new").put("name", name).put("count", count);
                    Map<String, Object> old = model.put(uuid, Map.of("name", name, "count", count));
                    nameChanged |= old == null || !old.get("name").equals(name);
                    countChanged |= old == null || !old.get("count").equals(count);
                }
            }
            Set<String> changed = replica.apply(updates).get("T");
            assertEquals(nameChanged, changed.contains("name"), "seed " + seed);
            assertEquals(countChanged, changed.contains("count"), "seed " + seed);
            Map<UUID, Map<String, Object>> now = new HashMap<>();
            for (Row r : replica.snapshot().rows("T")) {
                now.put(r.uuid(), Map.of("name", r.text("name"), "count", r.integer("count")));
            }
            assertEquals(model, now, "seed " + seed);
        }
    }

    @Test
    void aWrongUpdateChangesNothing() throws Exception {
        Replica replica = new Replica(SCHEMA);
        String uuid = new UUID(1, 2).toString();
        replica.apply(
                JsonRpc.JSON.readTree(
                        "{\"T\":{\"%s\":{\"new\":{\"name\":\"a\",\"count\":1}}}}".formatted(uuid)));
        Snapshot before = replica.snapshot();
        for (String wrong :
                List.of(
                        "[]",
                        "{\"T\":{\"x\":{\"new\":{}}}}",
                        "{\"T\":{\"%s\":{\"new\":{\"name\":\"b\",\"count\":\"1\"}}}}"
                                .formatted(uuid),
                        "{\"T\":{\"%s\":{\"new\":{\"other\":1}}}}".formatted(uuid))) {
            assertThrows(
                    OvsdbException.class, () -> replica.apply(JsonRpc.JSON.readTree(wrong)), wrong);
            assertSame(before, replica.snapshot());
        }
    }
}
