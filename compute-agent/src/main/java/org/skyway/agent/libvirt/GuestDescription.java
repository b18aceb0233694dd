package org.skyway.agent.libvirt;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/// What the agent needs to know of a domain's live XML.
///
/// @param ports by the name of the port: the name of its channel, as the metadata have it
/// @param stock ports that it serves by vhost-user, by the metadata: no driver of ours is there
/// @param channels by name: the UNIX socket of each virtio-serial port, in the order of the XML
/// @param devices by alias: the memory of each ivshmem device that has one, as all of a running
///   domain have
/// @param memories the memory of each ivshmem device
/// @param groupId the group that QEMU runs as, if libvirt chose one
public record GuestDescription(
        Map<String, String> ports,
        Set<String> stock,
        Map<String, Path> channels,
        Map<String, Memory> devices,
        List<Memory> memories,
        OptionalInt groupId) {
    /// The XML namespace of our metadata.
    public static final String NAMESPACE = "urn:skyway:vnf:1";

    /// What the names of our channels begin with.
    static final String CHANNEL_PREFIX = "org.skyway.pmd.";

    /// The memory of an ivshmem device.
    ///
    /// @param name of its file in `/dev/shm`
    /// @param mebibytes its size; libvirt does not print it more precisely. -1 if it says nothing
    public record Memory(String name, long mebibytes) {}

    private static final Pattern DAC_LABEL = Pattern.compile("\\+?[0-9]+:\\+?([0-9]+)");

    /// Reads a description.
    ///
    /// @param xml as libvirt has it
    /// @return the description
    /// @throws IllegalArgumentException if it is no XML
    public static GuestDescription parse(String xml) {
        Element domain = root(xml);
        return new GuestDescription(
                ports(domain),
                stock(domain),
                channels(domain),
                devices(domain),
                memories(domain),
                groupId(domain));
    }

    private static Element root(String xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler()); // the other one prints
            return builder.parse(new InputSource(new StringReader(xml))).getDocumentElement();
        } catch (SAXException | IOException e) {
            throw new IllegalArgumentException("libvirt's XML can't be read: " + e, e);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every JDK has a parser of XML", e);
        }
    }

    /// The group that the host's capabilities name.
    ///
    /// @param capabilities as libvirt has them
    /// @throws IllegalArgumentException if it is no XML
    static OptionalInt groupOf(String capabilities) {
        for (Element model : descendants(root(capabilities), "secmodel")) {
            for (Element label : children(model, "baselabel")) {
                Matcher m = DAC_LABEL.matcher(label.getTextContent().strip());
                if (m.matches()) {
                    return OptionalInt.of(Integer.parseInt(m.group(1)));
                }
            }
        }
        return OptionalInt.empty();
    }

    private static Map<String, String> ports(Element domain) {
        Map<String, String> ports = new HashMap<>();
        NodeList all = domain.getElementsByTagNameNS(NAMESPACE, "port");
        for (int i = 0; i < all.getLength(); i++) {
            Element port = (Element) all.item(i);
            String channel = port.getAttribute("channel");
            ports.put(port.getAttribute("name"), channel.isEmpty() ? CHANNEL_PREFIX + i : channel);
        }
        return ports;
    }

    private static Set<String> stock(Element domain) {
        Set<String> ports = new HashSet<>();
        NodeList all = domain.getElementsByTagNameNS(NAMESPACE, "stock");
        for (int i = 0; i < all.getLength(); i++) {
            ports.add(((Element) all.item(i)).getAttribute("name"));
        }
        return ports;
    }

    private static Map<String, Path> channels(Element domain) {
        Map<String, Path> channels = new HashMap<>();
        for (Element channel : descendants(domain, "channel")) {
            String name = attribute(channel, "target", "name");
            String path = attribute(channel, "source", "path");
            if (name.startsWith(CHANNEL_PREFIX) && !path.isEmpty()) {
                channels.put(name, Path.of(path));
            }
        }
        return channels;
    }

    private static Map<String, Memory> devices(Element domain) {
        Map<String, Memory> devices = new HashMap<>();
        for (Element shmem : descendants(domain, "shmem")) {
            String alias = attribute(shmem, "alias", "name");
            if (!alias.isEmpty()) {
                devices.put(alias, memory(shmem));
            }
        }
        return devices;
    }

    private static List<Memory> memories(Element domain) {
        return descendants(domain, "shmem").stream().map(GuestDescription::memory).toList();
    }

    private static Memory memory(Element shmem) {
        return new Memory(shmem.getAttribute("name"), mebibytes(shmem));
    }

    // Whatever the unit was that a domain was defined with, a running one has M.
    private static long mebibytes(Element shmem) {
        for (Element size : children(shmem, "size")) {
            String digits = size.getTextContent().strip();
            if (size.getAttribute("unit").equals("M") && digits.matches("[0-9]{1,15}")) {
                return Long.parseLong(digits);
            }
        }
        return -1;
    }

    private static OptionalInt groupId(Element domain) {
        for (Element label : children(domain, "seclabel")) {
            if (label.getAttribute("model").equals("dac")) {
                for (Element value : children(label, "label")) {
                    Matcher m = DAC_LABEL.matcher(value.getTextContent().strip());
                    if (m.matches()) {
                        return OptionalInt.of(Integer.parseInt(m.group(1)));
                    }
                }
            }
        }
        return OptionalInt.empty();
    }

    private static String attribute(Element parent, String child, String name) {
        List<Element> found = children(parent, child);
        return found.isEmpty() ? "" : found.getFirst().getAttribute(name);
    }

    private static List<Element> descendants(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList all = parent.getElementsByTagName(name);
        for (int i = 0; i < all.getLength(); i++) {
            found.add((Element) all.item(i));
        }
        return found;
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node n = parent.getFirstChild(); n != null; n = n.getNextSibling()) {
            if (n instanceof Element e && e.getTagName().equals(name)) {
                found.add(e);
            }
        }
        return found;
    }
}
