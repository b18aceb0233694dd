package org.skyway.agent.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// The XML is what libvirt 9 prints of a running domain, shortened.
class GuestDescriptionTest {
    private static final String DOMAIN =
            """
            <domain type='qemu' id='3'>
              <name>fw</name>
              <metadata>
                <skyway:vnf xmlns:skyway="urn:skyway:vnf:1">
                  <skyway:port name="vnf2" channel="org.skyway.pmd.7"/>
                  <skyway:port name="vnf3"/>
                </skyway:vnf>
                <other:port xmlns:other="urn:other" name="no"/>
              </metadata>
              <devices>
                <channel type='unix'>
                  <source mode='bind' path='/run/g/fw.1.sock'/>
                  <target type='virtio' name='org.skyway.pmd.1' state='connected'/>
                  <alias name='channel0'/>
                </channel>
                <channel type='unix'>
                  <source mode='bind' path='/run/g/agent.sock'/>
                  <target type='virtio' name='org.qemu.guest_agent.0'/>
                </channel>
                <shmem name='skyway-1-vm-port-vnf2' role='master'>
                  <model type='ivshmem-plain'/>
                  <size unit='M'>8</size>
                  <alias name='shmem0'/>
                </shmem>
                <shmem name='skyway-1-link-7' role='peer'>
                  <model type='ivshmem-plain'/>
                  <alias name='ua-skyway-link-7'/>
                </shmem>
              </devices>
              <seclabel type='dynamic' model='apparmor' relabel='yes'/>
              <seclabel type='dynamic' model='dac' relabel='yes'>
                <label>+64055:+109</label>
              </seclabel>
            </domain>
            """;

    @Test
    void portsComeFromOurMetadataOnly() {
        assertEquals(
                Map.of("vnf2", "org.skyway.pmd.7", "vnf3", "org.skyway.pmd.1"),
                GuestDescription.parse(DOMAIN).ports());
    }

    @Test
    void channelsAreThoseWithOurNames() {
        assertEquals(
                Map.of("org.skyway.pmd.1", Path.of("/run/g/fw.1.sock")),
                GuestDescription.parse(DOMAIN).channels());
    }

    @Test
    void devicesAreKnownByTheirAlias() {
        assertEquals(
                Map.of(
                        "shmem0",
                        new GuestDescription.Memory("skyway-1-vm-port-vnf2", 8),
                        "ua-skyway-link-7",
                        new GuestDescription.Memory("skyway-1-link-7", -1)),
                GuestDescription.parse(DOMAIN).devices());
    }

    @Test
    void qemusGroupIsThatOfTheDacLabel() {
        assertEquals(OptionalInt.of(109), GuestDescription.parse(DOMAIN).groupId());
        assertEquals(
                OptionalInt.of(107),
                GuestDescription.groupOf(
                        """
                        <capabilities><host>
                          <secmodel><model>none</model></secmodel>
                          <secmodel>
                            <model>dac</model>
                            <baselabel type='kvm'>+107:+107</baselabel>
                          </secmodel>
                        </host></capabilities>
                        """));
    }

    @Test
    void aPlainDomainHasNothingForUs() {
        GuestDescription plain =
                GuestDescription.parse("<domain type='qemu'><name>x</name></domain>");
        assertTrue(plain.ports().isEmpty());
        assertTrue(plain.devices().isEmpty());
        assertTrue(plain.groupId().isEmpty());
    }

    @Test
    void externalEntitiesAreRefused() {
        String xml =
                "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><domain><name>&x;</name></domain>";
        assertThrows(IllegalArgumentException.class, () -> GuestDescription.parse(xml));
    }
}
