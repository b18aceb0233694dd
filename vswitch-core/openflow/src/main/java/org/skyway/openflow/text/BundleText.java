package org.skyway.openflow.text;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.SubField;

/// `bundle(fields,basis,algorithm,ofport,members:1,2,…)` and `multipath(…)`.
final class BundleText {
    /// Names of the NX_HASH_FIELDS_ codes.
    private static final List<String> HASHES =
            List.of(
                    "eth_src",
                    "symmetric_l4",
                    "symmetric_l3l4",
                    "symmetric_l3l4+udp",
                    "nw_src",
                    "nw_dst",
                    "symmetric_l3");

    /// Names of the NX_MP_ALG_ codes.
    private static final List<String> LINKS =
            List.of("modulo_n", "hash_threshold", "hrw", "iter_hash");

    private static final List<String> MEMBERS = List.of("active_backup", "hrw");

    private BundleText() {}

    private static int code(List<String> names, String name) {
        int code = names.indexOf(name);
        if (code < 0) {
            throw new FlowSyntaxException(
                    "\"%s\" is none of %s".formatted(name, String.join(", ", names)));
        }
        return code;
    }

    static Action parse(String text, boolean load, Names names) {
        int colon = text.indexOf(':');
        String[] head = (colon < 0 ? text : text.substring(0, colon)).split(",");
        int expected = load ? 6 : 5; // with the word "members"
        if (colon < 0 || head.length != expected || !head[3].strip().equals("ofport")) {
            throw new FlowSyntaxException(
                    "bundle(%s) should be fields,basis,algorithm,ofport,%smembers:…"
                            .formatted(text, load ? "target," : ""));
        }
        SubField target = load ? FieldLexicon.part(head[4].strip()) : null;
        List<Integer> members = new ArrayList<>();
        for (String member : text.substring(colon + 1).split(",")) {
            if (!member.isBlank()) {
                members.add(names.port(member.strip()));
            }
        }
        return new Action.Bundle(
                code(MEMBERS, head[2].strip()),
                code(HASHES, head[0].strip()),
                Numbers.parse("basis", head[1].strip(), 0xffff),
                target,
                members);
    }

    static Action multipath(String value) {
        String[] parts = value.split(",");
        if (parts.length != 6) {
            throw new FlowSyntaxException("multipath(%s) should have 6 parts".formatted(value));
        }
        return new Action.Multipath(
                code(HASHES, parts[0].strip()),
                Numbers.parse("basis", parts[1].strip(), 0xffff),
                code(LINKS, parts[2].strip()),
                links(parts[3].strip()) - 1,
                Numbers.parse("argument", parts[4].strip()),
                FieldLexicon.part(parts[5].strip()));
    }

    private static int links(String text) {
        int links = Numbers.parse("n_links", text, 0x10000);
        if (links == 0) {
            throw new FlowSyntaxException("n_links 0 is not in valid range 1 to 65536");
        }
        return links;
    }

    static String print(Action.Multipath m) {
        return "multipath(%s,%d,%s,%d,%d,%s)"
                .formatted(
                        HASHES.get(m.fields()),
                        m.basis(),
                        LINKS.get(m.algorithm()),
                        m.maxLink() + 1,
                        m.argument(),
                        FieldLexicon.print(m.target()));
    }

    static String print(Action.Bundle bundle) {
        List<String> members = new ArrayList<>();
        bundle.members().forEach(m -> members.add(Numbers.port(m)));
        return "%s(%s,%d,%s,ofport,%smembers:%s)"
                .formatted(
                        bundle.target() == null ? "bundle" : "bundle_load",
                        name(HASHES, bundle.fields()),
                        bundle.basis(),
                        name(MEMBERS, bundle.algorithm()),
                        bundle.target() == null ? "" : FieldLexicon.print(bundle.target()) + ",",
                        String.join(",", members));
    }

    // A bundle_load is taken with any algorithm and hash, as by Open vSwitch; those without a name
    // are shown as numbers.
    private static String name(List<String> names, int code) {
        return code < names.size() ? names.get(code) : Integer.toString(code);
    }
}
