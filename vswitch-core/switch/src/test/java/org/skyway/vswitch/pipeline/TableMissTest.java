package org.skyway.vswitch.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.TableMiss;
import org.skyway.vswitch.tables.Tables;

/// What becomes of packets that no entry matches where a table-mod of OpenFlow 1.1 has said it.
class TableMissTest {
    private static final int IMPLICIT_MISS = 7;

    private final Tables tables = new Tables();
    private DatapathProgram program;

    @BeforeEach
    void ports() {
        for (int port = 1; port <= 3; port++) {
            tables.port(PortState.of(port, "p" + port, port));
        }
    }

    private void flow(String flow) {
        tables.put(new FlowEntry(FlowText.parse(flow), 0, 0, new FlowCounters(1)));
    }

    /// Outputs by port, and `told:TABLE`.
    private String sent() {
        tables.publish();
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, 1);
        program = new Translation(tables, key, 0).run();
        List<String> all = new ArrayList<>();
        for (DatapathAction action : program.actions()) {
            all.add(
                    switch (action) {
                        case DatapathAction.Output(int port) -> "" + port;
                        case DatapathAction.ToController c -> {
                            // 1.3 and later are told of it only where they asked for that.
                            assertEquals(IMPLICIT_MISS, c.reason());
                            yield "told:" + c.table();
                        }
                        default -> action.getClass().getSimpleName();
                    });
        }
        return String.join(" ", all);
    }

    @Test
    void itGoesOnToTheNextTableThatHasAnEntryForIt() {
        tables.miss(0, TableMiss.CONTINUE);
        tables.miss(1, TableMiss.CONTINUE);
        flow("table=2,actions=output:2,resubmit(,2)");
        flow("table=1,in_port=7,actions=output:3");
        assertEquals("", sent()); // the entry calls itself for ever: Open vSwitch drops it
        tables.remove(tables.find(FlowText.parse("table=2,actions=drop")));
        flow("table=2,actions=output:2,goto_table:3");
        assertEquals("2", sent());
        assertEquals("[0, 1, 2, 3]", Arrays.toString(program.lookedUp()));
        assertEquals("[2]", Arrays.toString(program.matched()));
    }

    @Test
    void controllersAreToldWhereThatIsSaid() {
        assertEquals("", sent());
        tables.miss(0, TableMiss.CONTROLLER);
        assertEquals("told:0", sent());
        tables.miss(0, TableMiss.CONTINUE);
        assertEquals("", sent());
        for (int t = 1; t < 254; t++) {
            tables.miss(t, TableMiss.CONTINUE);
        }
        assertEquals("told:253", sent()); // behind the last table
        tables.miss(0, TableMiss.DROP);
        tables.missToController(true);
        assertEquals("", sent());
        tables.miss(0, TableMiss.DEFAULT);
        assertEquals("told:0", sent());
    }

    @Test
    void callsOfATableAreNotMeant() {
        for (int t = 0; t < 5; t++) {
            tables.miss(t, TableMiss.CONTINUE);
        }
        flow("actions=resubmit(,1),output:2");
        flow("table=2,actions=output:3");
        assertEquals("2", sent());
    }
}
