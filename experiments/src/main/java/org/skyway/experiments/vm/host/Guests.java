package org.skyway.experiments.vm.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainInfo.DomainState;
import org.libvirt.Error;
import org.libvirt.LibvirtException;
import org.skyway.agent.libvirt.GuestDescription;

/// Guests that are started here and end here. Not thread-safe.
public final class Guests implements AutoCloseable {
    private final String uri;
    private final List<String> names = new ArrayList<>();
    private Connect connection;

    /// Connects to libvirt.
    ///
    /// @param uri of libvirt
    /// @throws IOException if it can't be reached
    public Guests(String uri) throws IOException {
        this.uri = uri;
        reconnect();
    }

    /// Connects again, after libvirtd was restarted.
    ///
    /// @throws IOException if it can't be reached
    public void reconnect() throws IOException {
        try {
            // Errors come as exceptions; that libvirt prints them as well helps nobody.
            Connect.setErrorCallback((_, _) -> {});
            connection = new Connect(uri);
        } catch (LibvirtException e) {
            throw failure("can't connect to libvirt at " + uri, e);
        }
    }

    /// Starts a guest.
    ///
    /// @param guest what
    /// @throws IOException if libvirt refuses
    public void start(GuestSpec guest) throws IOException {
        Files.createDirectories(guest.directory());
        Files.deleteIfExists(guest.console());
        start(guest.name(), guest.xml());
    }

    /// Starts a guest.
    ///
    /// @param name the guest's
    /// @param xml its description
    /// @throws IOException if libvirt refuses
    public void start(String name, String xml) throws IOException {
        try {
            connection.domainCreateXML(xml, 0).free();
            names.add(name);
        } catch (LibvirtException e) {
            throw failure("can't start guest " + name, e);
        }
    }

    /// Defines a guest, so that libvirt remembers it, and starts it. It does not end with this.
    ///
    /// @param guest what
    /// @throws IOException if libvirt refuses
    public void define(GuestSpec guest) throws IOException {
        if (find(guest.name()) != null) {
            throw new IOException(
                    "libvirt has a domain %s already; `skyway chain down` removes it if it is one of a chain"
                            .formatted(guest.name()));
        }
        Files.createDirectories(guest.directory());
        Domain domain;
        try {
            domain = connection.domainDefineXML(guest.xml());
        } catch (LibvirtException e) {
            throw failure("can't define guest " + guest.name(), e);
        }
        try {
            domain.create();
            domain.free();
        } catch (LibvirtException e) {
            call("can't undefine guest " + guest.name(), domain, Domain::undefine);
            throw failure("can't start guest " + guest.name(), e);
        }
    }

    /// Ends a guest and makes libvirt forget it. Does nothing if there is none.
    ///
    /// @param name the guest's
    /// @param ports those that it drives, by its metadata: another domain of that name is left
    ///   alone
    /// @return whether there was one
    /// @throws IOException if libvirt refuses, or the domain is another one
    public boolean undefine(String name, List<String> ports) throws IOException {
        Domain domain = find(name);
        if (domain == null) {
            return false;
        }
        try {
            GuestDescription description = GuestDescription.parse(domain.getXMLDesc(0));
            for (String port : ports) {
                if (!description.ports().containsKey(port) && !description.stock().contains(port)) {
                    throw new IOException(
                            "domain %s is none of this chain: its metadata do not name port %s; remove it with virsh if that is meant"
                                    .formatted(name, port));
                }
            }
            boolean lasting = domain.isPersistent() == 1;
            if (domain.isActive() == 1) {
                domain.destroy();
            }
            if (lasting) {
                if (domain.hasManagedSaveImage() == 1) {
                    domain.managedSaveRemove();
                }
                domain.undefine();
            }
            return true;
        } catch (LibvirtException e) {
            throw failure("can't remove guest " + name, e);
        }
    }

    /// Ends a guest at once, as if its power failed. Does nothing if it is not running.
    ///
    /// @param name the guest's
    /// @throws IOException if libvirt refuses
    public void kill(String name) throws IOException {
        names.remove(name);
        Domain domain = find(name);
        if (domain != null) {
            call("can't end guest " + name, domain, Domain::destroy);
        }
    }

    /// Halts a guest's processor.
    ///
    /// @param name the guest's
    /// @throws IOException if libvirt refuses
    public void pause(String name) throws IOException {
        call("can't pause guest " + name, domain(name), Domain::suspend);
    }

    /// Lets it run again.
    ///
    /// @param name the guest's
    /// @throws IOException if libvirt refuses
    public void resume(String name) throws IOException {
        call("can't resume guest " + name, domain(name), Domain::resume);
    }

    /// Writes a guest's state to a file and ends it.
    ///
    /// @param name the guest's
    /// @param file where
    /// @throws IOException if libvirt refuses, for instance because of a link device
    public void save(String name, Path file) throws IOException {
        call("can't save guest " + name, domain(name), d -> d.save(file.toString()));
    }

    /// Starts a guest from a saved state.
    ///
    /// @param file from [#save]
    /// @throws IOException if libvirt refuses
    public void restore(Path file) throws IOException {
        try {
            connection.restore(file.toString());
        } catch (LibvirtException e) {
            throw failure("can't restore a guest from " + file, e);
        }
    }

    /// The live description of a guest.
    ///
    /// @param name the guest's
    /// @return XML
    /// @throws IOException if it is not running
    public String describe(String name) throws IOException {
        try {
            return domain(name).getXMLDesc(0);
        } catch (LibvirtException e) {
            throw failure("can't describe guest " + name, e);
        }
    }

    /// Whether a guest runs.
    ///
    /// @param name the guest's
    /// @return false if it is paused, has ended, or never was
    public boolean isRunning(String name) {
        try {
            Domain domain = find(name);
            return domain != null && domain.getInfo().state == DomainState.VIR_DOMAIN_RUNNING;
        } catch (LibvirtException | IOException e) {
            return false;
        }
    }

    /// Ends all guests that were started here.
    @Override
    public void close() {
        for (String name : List.copyOf(names)) {
            try {
                kill(name);
            } catch (IOException e) {
                System.err.println("skyway: " + e.getMessage());
            }
        }
        try {
            connection.close();
        } catch (LibvirtException e) {
            System.err.println("skyway: closing the connection to libvirt: " + e.getMessage());
        }
    }

    private Domain domain(String name) throws IOException {
        Domain domain = find(name);
        if (domain == null) {
            throw new IOException("there is no guest " + name);
        }
        return domain;
    }

    private Domain find(String name) throws IOException {
        try {
            return connection.domainLookupByName(name);
        } catch (LibvirtException e) {
            if (e.getError() != null
                    && e.getError().getCode() == Error.ErrorNumber.VIR_ERR_NO_DOMAIN) {
                return null;
            }
            throw failure("can't look for guest " + name, e);
        }
    }

    @FunctionalInterface
    private interface Call {
        void on(Domain domain) throws LibvirtException;
    }

    private static void call(String failure, Domain domain, Call call) throws IOException {
        try {
            call.on(domain);
        } catch (LibvirtException e) {
            throw failure(failure, e);
        }
    }

    private static IOException failure(String what, LibvirtException e) {
        return new IOException(what + ": " + e.getMessage(), e);
    }
}
