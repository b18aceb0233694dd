package org.skyway.vswitch.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.skyway.ovsdb.Datum;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.ofproto.ControllerSettings;

class OpenFlowSettingsTest {
    private static Row row(Map<String, Datum> columns) {
        return new Row(UUID.randomUUID(), columns);
    }

    private static ControllerSettings of(Map<String, Datum> controller, Map<String, Datum> bridge) {
        return OpenFlowSettings.controller(row(controller), row(bridge));
    }

    @Test
    void whatNobodyAsksForIsAsInOpenVSwitch() {
        assertEquals(new ControllerSettings(5, 8, 0, 0, 100, true), of(Map.of(), Map.of()));
    }

    @Test
    void eachControllerIsTreatedAsItsRowSays() {
        Map<String, Datum> all =
                Map.of(
                        "inactivity_probe", Datum.of(0L),
                        "max_backoff", Datum.of(2000L),
                        "controller_rate_limit", Datum.of(400L),
                        "controller_burst_limit", Datum.of(30L),
                        "controller_queue_size", Datum.of(20L),
                        "enable_async_messages", Datum.of(false));
        assertEquals(new ControllerSettings(0, 2, 400, 30, 20, false), of(all, Map.of()));
        // A burst without a rate has no meaning.
        Map<String, Datum> burst = Map.of("controller_burst_limit", Datum.of(30L));
        Map<String, Datum> bridge =
                Map.of("other_config", Datum.of(Map.of("controller-queue-size", "300")));
        assertEquals(new ControllerSettings(5, 8, 0, 0, 300, true), of(burst, bridge));
    }

    @Test
    void inBandControlIsRefusedInWords() {
        Map<String, Datum> wants =
                Map.of("target", Datum.of("tcp:1.2.3.4"), "connection_mode", Datum.of("in-band"));
        String said = OpenFlowSettings.withoutEffect(row(wants), row(Map.of()));
        assertTrue(said.startsWith("controller tcp:1.2.3.4: in-band control is not sup"), said);
        Row disabled = row(Map.of("other_config", Datum.of(Map.of("disable-in-band", "true"))));
        assertNull(OpenFlowSettings.withoutEffect(row(wants), disabled));
        assertNull(OpenFlowSettings.withoutEffect(row(Map.of()), row(Map.of())));
    }
}
