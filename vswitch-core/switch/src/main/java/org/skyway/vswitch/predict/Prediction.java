package org.skyway.vswitch.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.text.FlowModText;
import org.skyway.openflow.text.FlowSyntaxException;
import org.skyway.openflow.text.GroupText;
import org.skyway.openflow.text.Names;
import org.skyway.p2p.detect.Change;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.ofproto.TablesCopy;
import org.skyway.vswitch.ofproto.Trial;
import org.skyway.vswitch.tables.Tables;

/// Which links would appear or vanish if the lines of a file were given to `ovs-ofctl -O OpenFlow13
/// add-flows` (or, where they name a group, `add-groups`). One thread at a time; any, since the
/// switch takes no notice.
public final class Prediction {
    private static final Pattern GROUP = Pattern.compile("(^|[\\s,])group_id[=:]");

    /// What stands above the entries in what `ovs-ofctl` dumps. It does not read that itself; but
    /// no flow can be meant.
    private static final Pattern DUMP_HEADER =
            Pattern.compile("(NXST|OFPST)_[A-Z_]+ reply .*\\(xid=0x[0-9a-f]+\\):.*");

    private static final int LONGEST_QUOTE = 80;

    private final Map<Integer, Verdict> before;
    private final Names names;
    private final P2pDetector detector;
    private final Trial trial;
    private int lines;

    /// A prediction.
    ///
    /// @param copy what the tables hold before the first line
    /// @param tables where it is put; empty
    /// @param detector knows the ports and no groups, and looks at these tables; is used up
    /// @param before the verdicts by port as they are without the lines
    public Prediction(
            TablesCopy copy, Tables tables, P2pDetector detector, Map<Integer, Verdict> before) {
        this.before = before;
        this.detector = detector;
        names = copy.names();
        trial = new Trial(copy, new DetectorFeed(tables, detector));
    }

    /// Takes the next line of the file.
    ///
    /// @param line as it stands there, comments and all
    /// @throws ConfigException if `ovs-ofctl` would not understand it, or the switch would refuse
    ///   it; says which line and why
    public void take(String line) {
        lines++;
        String text = FlowModText.withoutComment(line);
        if (text.isEmpty() || DUMP_HEADER.matcher(text).matches()) {
            return;
        }
        try {
            if (GROUP.matcher(text).find()) {
                trial.apply(GroupText.parseMod(text, names));
            } else {
                trial.apply(FlowModText.parse(text, names));
            }
        } catch (FlowSyntaxException e) {
            throw new ConfigException("line %d: %s".formatted(lines, e.getMessage()), e);
        } catch (OpenFlowException e) {
            throw new ConfigException(
                    "line %d: the switch would refuse \"%s\": %s"
                            .formatted(lines, brief(text), e.getMessage()),
                    e);
        } catch (IllegalArgumentException e) { // too long for a message
            throw new ConfigException(
                    "line %d: \"%s\" can't be sent: %s"
                            .formatted(lines, brief(text), e.getMessage()),
                    e);
        }
    }

    private static String brief(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    }

    /// Decides about the ports with all lines done.
    ///
    /// @return the verdicts that would be others, by port
    public List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        for (Change c : detector.update()) {
            Verdict old = before.get(c.port());
            if (!c.after().equals(old)) {
                changes.add(new Change(c.port(), old, c.after()));
            }
        }
        return changes;
    }
}
