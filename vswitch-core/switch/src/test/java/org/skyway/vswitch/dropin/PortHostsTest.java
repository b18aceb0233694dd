package org.skyway.vswitch.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.skyway.agent.PortHost;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.vswitch.fault.Faults;

class PortHostsTest {
    private final PortHosts hosts = new PortHosts(new Faults());
    private final List<String> came = new ArrayList<>();

    // A bridge that notes who has come.
    private final PortHost bridge =
            (PortHost)
                    Proxy.newProxyInstance(
                            PortHost.class.getClassLoader(),
                            new Class<?>[] {PortHost.class},
                            (_, method, arguments) -> {
                                came.add(method.getName() + " " + arguments[0]);
                                return method.getReturnType() == void.class
                                        ? null
                                        : CompletableFuture.completedStage(null);
                            });

    private CompletableFuture<RegionRef> connect(String port) {
        return hosts.vnfConnected(port, 1, "vnf").toCompletableFuture();
    }

    @Test
    void whoComesBeforeThePortsWaitsForThem() {
        CompletableFuture<RegionRef> early = connect("p");
        CompletableFuture<RegionRef> never = connect("q");
        hosts.add("p", bridge);
        assertFalse(early.isDone());
        hosts.open();
        assertTrue(early.isDone() && !early.isCompletedExceptionally());
        assertEquals(List.of("vnfConnected p"), came);
        Throwable why = assertThrows(CompletionException.class, never::join).getCause();
        assertTrue(why.getMessage().startsWith("the switch has no port q"), why.getMessage());
    }

    @Test
    void whoHasGoneMeanwhileDoesNotCome() {
        CompletableFuture<RegionRef> early = connect("p");
        hosts.vnfDisconnected("p", "it ended");
        hosts.add("p", bridge);
        hosts.open();
        assertTrue(early.isCancelled());
        assertEquals(List.of(), came);
    }

    @Test
    void afterwardsWhoNamesNoPortIsToldAtOnce() {
        hosts.open();
        assertTrue(connect("p").isCompletedExceptionally());
        hosts.add("p", bridge);
        assertFalse(connect("p").isCompletedExceptionally());
        hosts.remove("p", bridge);
        assertTrue(connect("p").isCompletedExceptionally());
    }
}
