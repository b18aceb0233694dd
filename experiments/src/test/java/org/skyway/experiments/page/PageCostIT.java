package org.skyway.experiments.page;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The experiment sees what it measures. What it measures in a second on a machine that others use
/// is not judged.
@Timeout(300)
class PageCostIT {
    private static final Pattern ROUND =
            Pattern.compile("(?m)^1 +(0|200) +([0-9.]+) +-?[0-9.]+ +([0-9]+) +[0-9.]+$");

    @Test
    void measuresTwoHundredWatchersBesideTraffic() {
        var printed = new ByteArrayOutputStream();
        try (PageCost cost =
                new PageCost(200, 1, new PrintStream(printed, true, StandardCharsets.UTF_8))) {
            cost.run(1);
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("ok   watchers are told"), text);
        Matcher m = ROUND.matcher(text);
        for (String watchers : new String[] {"0", "200"}) {
            assertTrue(m.find() && m.group(1).equals(watchers), text);
            assertTrue(Long.parseLong(m.group(3)) > 0, text);
        }
        assertTrue(Double.parseDouble(m.group(2)) > 0, text);
    }
}
