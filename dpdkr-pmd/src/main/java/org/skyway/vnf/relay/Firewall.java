package org.skyway.vnf.relay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.skyway.vnf.frame.FlowReader;
import org.skyway.vnf.run.BadInputException;

/// A stateless packet filter. The first rule that matches decides; what none matches meets the
/// default policy. A rule with ports does not match fragments behind the first, which have none.
///
/// The rule file has one rule a line (see [FirewallRule]), `default allow|deny` once (deny if there
/// is none), empty lines, and comments from `#`.
public final class Firewall implements PacketFilter {
    private final FirewallRule[] rules;
    private final boolean allowsByDefault;
    private final FlowReader parser = new FlowReader();
    private final AtomicLong denied = new AtomicLong();

    private Firewall(List<FirewallRule> rules, boolean allowsByDefault) {
        this.rules = rules.toArray(new FirewallRule[0]);
        this.allowsByDefault = allowsByDefault;
    }

    /// Reads a rule file.
    ///
    /// @param file which
    /// @return the firewall
    /// @throws BadInputException if it can't be read; says file and line
    public static Firewall load(Path file) {
        try {
            return parse(file.toString(), Files.readAllLines(file));
        } catch (NoSuchFileException e) {
            throw new BadInputException("rule file " + file + " does not exist");
        } catch (MalformedInputException e) {
            throw new BadInputException("rule file " + file + " is no text in UTF-8");
        } catch (IOException e) {
            throw new BadInputException("can't read rule file " + file + ": " + e.getMessage());
        }
    }

    /// Makes one of rules that were not in a file.
    ///
    /// @param rules as in a file, a line each
    /// @return the firewall
    /// @throws BadInputException if one can't be read; says which
    public static Firewall of(List<String> rules) {
        return parse("--rule", rules);
    }

    static Firewall parse(String name, List<String> lines) {
        List<FirewallRule> rules = new ArrayList<>();
        Boolean policy = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip();
            try {
                if (line.startsWith("default")) {
                    if (policy != null) {
                        throw new IllegalArgumentException("there are two default policies");
                    }
                    policy = FirewallRule.policy(line.substring("default".length()).strip());
                } else if (!line.isEmpty()) {
                    rules.add(FirewallRule.parse(line));
                }
            } catch (IllegalArgumentException e) {
                throw new BadInputException(
                        "%s, line %d: %s".formatted(name, i + 1, e.getMessage()));
            }
        }
        return new Firewall(rules, policy != null && policy);
    }

    /// A firewall with the same rules for the other direction, with counters of its own.
    ///
    /// @return another
    public Firewall copy() {
        return new Firewall(List.of(rules), allowsByDefault);
    }

    @Override
    public int apply(long[] addresses, int[] lengths, int count) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            parser.parse(addresses[i], lengths[i]);
            if (allows()) {
                addresses[kept] = addresses[i];
                lengths[kept] = lengths[i];
                kept++;
            }
        }
        if (kept < count) {
            denied.setOpaque(denied.getPlain() + count - kept);
        }
        return kept;
    }

    @Override
    public boolean needsCopy() {
        return true;
    }

    /// Adds its counters to a report.
    ///
    /// @param report receives them
    /// @param direction prefix of their names
    public void describe(ObjectNode report, String direction) {
        report.put(direction + "Denied", denied.getOpaque());
    }

    private boolean allows() {
        for (FirewallRule rule : rules) {
            if (rule.matches(parser)) {
                return rule.allows();
            }
        }
        return allowsByDefault;
    }
}
