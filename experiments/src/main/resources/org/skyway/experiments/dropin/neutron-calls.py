# What Neutron's agents do with their bridges: calls of its own classes, each told with what it returned and what changed in the database.
import eventlet

eventlet.monkey_patch()

import logging
import re
import time
import uuid

from neutron_lib.plugins.ml2 import ovs_constants
from oslo_config import cfg

from neutron import privileged
from neutron.agent.common import ovs_lib
from neutron.agent.linux import interface, ip_lib
from neutron.conf import common
from neutron.conf.agent import common as agent_common
from neutron.plugins.ml2.drivers.openvswitch.agent.common import config
from neutron.plugins.ml2.drivers.openvswitch.agent.openflow.native import base_oskenapp, br_int, br_phys, br_tun, main
from os_ken.base import app_manager
from os_ken.lib import hub

logging.disable()
common.register_core_common_config_opts()
agent_common.register_root_helper(cfg.CONF)
agent_common.register_interface_opts(cfg.CONF)
cfg.CONF([], project='neutron')
cfg.CONF.set_override('root_helper', 'env', group='AGENT')
for context in (privileged.default, privileged.ovs_vsctl_cmd, privileged.link_cmd, privileged.namespace_cmd):
    context.set_client_mode(False)  # root needs no second process

# What a call has written when it returns.
AT_ONCE = {
    'Bridge': ['name', 'fail_mode', 'protocols', 'other_config', 'mcast_snooping_enable', 'datapath_type', 'flood_vlans'],
    'Port': ['name', 'tag', 'trunks', 'vlan_mode', 'other_config', 'qos'],
    'Interface': ['name', 'type', 'ofport', 'options', 'external_ids', 'ingress_policing_rate', 'ingress_policing_burst'],
    'Controller': ['target', 'connection_mode', 'inactivity_probe', 'controller_rate_limit', 'controller_burst_limit', 'max_backoff'],
    'QoS': ['type', 'queues', 'other_config'],
    'Queue': ['other_config', 'external_ids'],
    'Manager': ['target', 'inactivity_probe'],
}
# What the switch may write later.
SETTLED = {
    'Bridge': ['name', 'datapath_version'],
    'Interface': ['name', 'type', 'ofport', 'admin_state', 'link_state', 'mtu', 'link_resets', 'status', 'error'],
}


def plain(value):
    if isinstance(value, dict):
        return '{%s}' % ', '.join(sorted('%s: %s' % (plain(k), plain(v)) for k, v in value.items()))
    if isinstance(value, (list, set, tuple)):
        return '[%s]' % ', '.join(sorted(plain(v) for v in value))
    if isinstance(value, ovs_lib.VifPort):
        return str(value)
    if isinstance(value, uuid.UUID) or hasattr(value, 'uuid'):
        return 'a row'
    if value is ovs_lib.COOKIE_ANY:
        return 'any'
    if value is cfg.CONF:
        return 'configuration'
    return re.sub(r'(duration|idle_age|n_bytes|n_packets)=[^,]*, ', '', str(value))


before = {}


def rows(table, columns):
    found = base.ovsdb.db_list(table, columns=columns).execute(check_error=True)
    for row in found:
        if row.get('type') == 'patch' and 'error' in row:
            row['error'] = '-'  # Open vSwitch says that a peer is missing in every other pass
    return sorted(', '.join('%s=%s' % (c, plain(r[c])) for c in columns) for r in found)


def settled():
    """Tells how all is once nothing changes any more."""
    last, quiet = None, 0
    for _ in range(100):
        now = ['%s %s' % (table, row) for table in SETTLED for row in rows(table, SETTLED[table])]
        quiet = quiet + 1 if now == last else 0
        if quiet == 5:
            break
        last = now
        time.sleep(0.1)
    print('$ settled')
    for row in now:
        print(' ', row)


def do(what, call, *arguments, told=plain, **more):
    """Has one call made, and tells what came of it."""
    words = [plain(a) for a in arguments] + ['%s=%s' % (k, plain(v)) for k, v in more.items()]
    print('$ %s(%s)' % (what, ', '.join(words)))
    try:
        result = call(*arguments, **more)
        print('  ->', told(result))
    except Exception as e:
        result = None
        print('  fails:', type(e).__name__, plain(e))
    for table in AT_ONCE:
        now = rows(table, AT_ONCE[table])
        for row in before.get(table, []):
            if row not in now:
                print('  - %s %s' % (table, row))
        for row in now:
            if row not in before.get(table, []):
                print('  + %s %s' % (table, row))
        before[table] = now
    return result


def of(bridge):
    """do() for the methods of a bridge."""
    return lambda name, *arguments, **more: do('%s.%s' % (bridge.br_name, name), getattr(bridge, name), *arguments, **more)


def flows(bridge):
    print('$ flows of', bridge.br_name)
    for line in sorted(plain(line) for line in bridge.dump_all_flows()):
        print(' ', line)


def base_calls():
    do('add_bridge', base.add_bridge, 'br-one', datapath_type='netdev', told=lambda b: b.br_name)
    for name in ('br-one', 'br-none'):
        do('bridge_exists', base.bridge_exists, name)
        do('port_exists', base.port_exists, name)
        do('get_bridge_for_iface', base.get_bridge_for_iface, name)
        do('get_bridge_external_bridge_id', base.get_bridge_external_bridge_id, name)
    do('get_bridges', base.get_bridges)
    do('set_db_attribute', base.set_db_attribute, 'Bridge', 'br-one', 'external_ids', {'bridge-id': 'one'})
    do('get_bridge_external_bridge_id', base.get_bridge_external_bridge_id, 'br-one')
    do('clear_db_attribute', base.clear_db_attribute, 'Bridge', 'br-one', 'external_ids')
    do('db_get_val', base.db_get_val, 'Bridge', 'br-one', 'external_ids')
    do('db_get_val', base.db_get_val, 'Bridge', 'br-none', 'external_ids')
    do('capabilities', lambda: base.capabilities, told=lambda c: sorted(set(c['datapath_types']) & {'netdev', 'system'}))
    do('is_hw_offload_enabled', lambda: base.is_hw_offload_enabled)
    do('delete_bridge', base.delete_bridge, 'br-one')
    do('delete_bridge', base.delete_bridge, 'br-none')


def settings(bridge):
    call = of(bridge)
    call('create', secure_mode=True)
    call('create')
    settled()
    call('set_agent_uuid_stamp', 0x1234)
    call('set_standalone_mode')
    call('dump_all_flows')
    call('set_secure_mode')
    call('dump_all_flows')
    call('set_controller', ['tcp:127.0.0.1:16633', 'tcp:127.0.0.1:16634'])
    call('get_controller')
    call('set_controllers_connection_mode', 'out-of-band')
    call('set_controllers_inactivity_probe', 10)
    call('set_controller_rate_limit', 50)
    call('set_controller_rate_limit', 200)
    call('set_controller_burst_limit', 5)
    call('set_controller_burst_limit', 50)
    call('set_controller_field', 'max_backoff', 2000)
    call('del_controller')
    call('get_controller')
    call('add_protocols', 'OpenFlow15')
    call('use_at_least_protocol', 'OpenFlow13')
    call('set_igmp_snooping_state', True)
    call('set_igmp_snooping_state', False)
    call('get_datapath_id', told=lambda i: bool(re.fullmatch('[0-9a-f]{16}', i)))
    call('get_local_port_mac', told=lambda m: m.replace(':', '') == bridge.get_datapath_id()[4:])
    call('set_datapath_id', '00000000000012ab')
    call('get_datapath_id')
    call('list_meter_features')


def vif(name, number):
    return (('type', 'internal'), ('external_ids', {
        'iface-id': 'id-%d' % number, 'iface-status': 'active', 'attached-mac': 'fa:16:3e:00:00:0%d' % number, 'vm-uuid': 'vm-%d' % number}))


def ports(bridge):
    call = of(bridge)
    call('add_port', 'eth1')
    call('add_port', 'eth1')
    call('add_port', 'nosuchdevice')
    call('add_port', 'bogus', ('type', 'bogus'))
    call('replace_port', 'tap1', *vif('tap1', 1))
    call('replace_port', 'tap1', *vif('tap1', 1))
    call('replace_port', 'tap2', *vif('tap2', 2))
    call('add_port', 'qr-3', ('type', 'internal'), ('external_ids', {'iface-id': 'id-3', 'attached-mac': 'fa:16:3e:00:00:03'}), ('mtu_request', 1450))
    call('add_port', 'tap4', ('type', 'internal'), ('ofport_request', 44))
    for name in ('eth1', 'nosuchdevice', 'bogus', 'tap1', 'tap4', 'none'):
        call('get_port_ofport', name)
    for name in ('get_port_name_list', 'get_iface_name_list', 'get_vif_ports', 'get_vif_port_to_ofport_map', 'get_vif_port_set', 'get_port_tag_dict',
                 'get_bridge_ports', 'get_bridge_patch_ports_ofports'):
        call(name)
    call('get_bridge_ports', 'internal')
    settled()
    call('get_bridge_ports', ['', 'bogus'])
    call('get_vif_ports', [bridge.get_port_ofport('tap1')])
    call('get_vifs_by_ids', ['id-1', 'id-3', 'id-9'])
    call('get_vif_port_by_id', 'id-2')
    call('get_vif_port_by_id', 'id-9')
    call('get_port_stats', 'tap1', told=lambda s: sorted(s))
    call('get_port_stats', 'nosuchdevice')
    # A port of a VIF is wired: its VLAN is remembered, and what kept it dead goes.
    call('set_value_to_other_config', 'tap1', 'tag', 3)
    call('set_value_to_other_config', 'tap1', 'net_uuid', 'x')
    call('get_port_tag_by_name', 'tap1')
    call('get_value_from_other_config', 'tap1', 'net_uuid')
    call('set_db_attribute', 'Port', 'tap1', 'tag', 3)
    call('clear_db_attribute', 'Port', 'tap1', 'vlan_mode')
    call('clear_db_attribute', 'Port', 'tap1', 'trunks')
    call('remove_value_from_other_config', 'tap1', 'net_uuid')
    call('set_igmp_snooping_flood', 'tap1', True)
    call('get_ports_attributes', 'Port', columns=['name', 'tag', 'vlan_mode'], ports=['tap1', 'none'], if_exists=True)
    call('get_ports_attributes', 'Port', columns=['name'], ports=['none'], check_error=False)
    call('add_patch_port', 'patch-tun', 'patch-int')
    call('add_patch_port', 'patch-loose', 'patch-none')
    settled()
    call('delete_port', 'tap2')
    call('delete_port', 'none')
    settled()
    call('delete_ports')
    call('delete_ports', all_ports=True)
    settled()


def bandwidth(bridge):
    call = of(bridge)
    call('replace_port', 'tap1', *vif('tap1', 1))
    call('add_port', 'eth1')
    call('create_egress_bw_limit_for_port', 'tap1', 3000, 300)
    call('get_egress_bw_limit_for_port', 'tap1')
    call('get_egress_bw_limit_for_port', 'eth1')
    call('delete_egress_bw_limit_for_port', 'tap1')
    call('delete_egress_bw_limit_for_port', 'none')
    call('set_queue_for_ingress_bandwidth_limit')
    call('get_ingress_bw_limit_for_port', 'tap1')
    call('update_ingress_bw_limit_for_port', 'tap1', 3000, 300)
    call('update_ingress_bw_limit_for_port', 'tap1', 5000, 500)
    call('get_ingress_bw_limit_for_port', 'tap1')
    call('delete_ingress_bw_limit_for_port', 'tap1')
    call('delete_ingress_bw_limit_for_port', 'tap1')
    # What it does for ports of DPDK's types.
    call('_update_ingress_bw_limit_for_dpdk_port', 'tap1', 3000, 300)
    call('_update_ingress_bw_limit_for_dpdk_port', 'tap1', 5000, 500)
    call('clear_bandwidth_qos')
    number = bridge.get_port_ofport('tap1')
    call('update_minimum_bandwidth_queue', 'id-1', ['eth1'], number, 1000)
    call('update_minimum_bandwidth_queue', 'id-1', ['eth1'], number, 2000)
    call('update_minimum_bandwidth_queue', 'id-2', ['eth1'], 77, 500)
    call('set_queue_for_minimum_bandwidth', number)
    call('get_egress_min_bw_for_port', 'id-1')
    call('get_egress_min_bw_for_port', 'id-9')
    flows(bridge)
    call('delete_minimum_bandwidth_queue', 'id-1')
    call('delete_minimum_bandwidth_queue', 'id-2')
    call('delete_minimum_bandwidth_queue', 'id-9')
    call('update_minimum_bandwidth_queue', 'id-1', ['eth1'], number, 1000)
    call('clear_bandwidth_qos')
    flows(bridge)
    call('remove_all_flows')
    call('delete_ports', all_ports=True)


def entries(bridge):
    call = of(bridge)
    call('add_flow', table=0, priority=1, actions='normal')
    call('add_flow', table=0, priority=3, in_port=1, dl_vlan=5, actions='mod_vlan_vid:3,normal')
    call('add_flow', table=2, priority=1, proto='arp', arp_op='0x2', actions='resubmit(,10)')
    call('add_flow', table=10, priority=1,
         actions='learn(cookie=0x1234,table=20,priority=1,hard_timeout=300,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],'
                 'load:0->NXM_OF_VLAN_TCI[],load:NXM_NX_TUN_ID[]->NXM_NX_TUN_ID[],output:NXM_OF_IN_PORT[]),output:1')
    call('add_flow', table=21, priority=1, proto='arp', dl_vlan=3, nw_dst='10.0.0.5',
         actions='move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],mod_dl_src:fa:16:3e:00:00:05,load:0x2->NXM_OF_ARP_OP[],'
                 'move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],'
                 'load:0xfa163e000005->NXM_NX_ARP_SHA[],load:0x0a000005->NXM_OF_ARP_SPA[],in_port')
    call('add_flow', table=22, priority=1, dl_vlan=3, actions='strip_vlan,set_tunnel:0x64,output:1,2', cookie=7)
    call('add_flow', table=0, priority=1, actions='nonsense')
    call('add_flow', table=0)
    call('count_flows')
    flows(bridge)
    call('dump_flows_for_table', 21)
    call('dump_flows_for', table=22, cookie=7)
    call('dump_flows_for', in_port=1, dl_vlan=5)
    call('mod_flow', table=22, dl_vlan=3, actions='strip_vlan,set_tunnel:0x65,output:1', cookie=7)
    call('mod_flow', table=22, dl_vlan=3, priority=1, strict=True, actions='drop')
    call('mod_flow', table=22, dl_vlan=3, priority=1, actions='drop')
    flows(bridge)
    for bundle in (False, True):
        print('$ deferred', bundle)
        with bridge.deferred(full_ordered=bundle, use_bundle=bundle) as deferred:
            deferred.add_flow(table=30, priority=1, flow_group_id=1, in_port=1, actions='output:2')
            deferred.add_flow(table=30, priority=2, flow_group_id=2, in_port=2, actions='output:1')
            deferred.mod_flow(table=30, in_port=2, actions='drop')
            deferred.delete_flows(table=30, in_port=1)
        flows(bridge)
    call('delete_flows', table=30, in_port=2)
    call('delete_flows', table=21, strict=True, priority=1, proto='arp', dl_vlan=3, nw_dst='10.0.0.5')
    call('delete_flows', table=22, cookie=8)
    call('delete_flows', table=22, cookie='0x7/-1')
    call('delete_flows', cookie=ovs_lib.COOKIE_ANY, table=2)
    flows(bridge)
    call('delete_flows')
    call('count_flows')


def plugged(bridge):
    """What the agents for DHCP and routers do: their ports are internal ones that live in namespaces, with other MTUs than the bridge has."""
    driver = interface.OVSInterfaceDriver(cfg.CONF)
    call = of(bridge)
    call('create')
    call('add_port', 'eth1')
    for n, (device, namespace) in enumerate((('tap1', 'qdhcp-1'), ('qr-2', 'qrouter-2')), 1):
        mac = 'fa:16:3e:00:00:0%d' % n
        do('plug', driver.plug, 'network', 'id-%d' % n, device, mac, bridge=bridge.br_name, namespace=namespace, mtu=1400 + n)
        do('init_l3', driver.init_l3, device, ['10.7.0.%d/24' % n], namespace=namespace)
        call('set_db_attribute', 'Port', device, 'tag', 3)
        call('clear_db_attribute', 'Port', device, 'vlan_mode')
        call('clear_db_attribute', 'Port', device, 'trunks')
    do('plug', driver.plug, 'network', 'id-2', 'qr-2', 'fa:16:3e:00:00:02', bridge=bridge.br_name, namespace='qrouter-2', mtu=1500)
    # What Open vSwitch says of the others' state depends on when it noticed.
    call('get_ports_attributes', 'Interface', columns=['name', 'ofport', 'error'])
    run = ip_lib.IPWrapper(namespace='qdhcp-1').netns.execute
    do('ping', lambda: run(['ping', '-c', '3', '-i', '0.2', '-W', '2', '10.7.0.2']), told=lambda said: re.findall('[0-9]* received', said))
    for device, namespace in (('tap1', 'qdhcp-1'), ('qr-2', 'qrouter-2')):
        inside = ip_lib.IPWrapper(namespace=namespace)
        do('device', lambda: inside.device(device).link, told=lambda link: (link.mtu, link.address, link.state))
        do('unplug', driver.unplug, device, bridge=bridge.br_name, namespace=namespace)
        do('devices', lambda: [d.name for d in inside.get_devices()])
    settled()
    call('destroy')


def tunnels(bridge):
    # Skyway has none, so what is compared is that ports come and go.
    call = of(bridge)
    with bridge:
        for kind in ('gre', 'vxlan', 'geneve'):
            print('$ add_tunnel_port', kind, type(bridge.add_tunnel_port(kind + '-c0000209', '192.0.2.9', '192.0.2.1', kind)).__name__)
            print('$ delete_port', bridge.delete_port(kind + '-c0000209'), bridge.get_port_name_list())
        call('count_flows')


def ours(bridge_class, name, app):
    bridge = bridge_class(name, datapath_type='netdev', os_ken_app=app)
    bridge.set_agent_uuid_stamp(0x1234)
    return bridge


def agent(app):
    """What the agent for Open vSwitch does from its start on, over OpenFlow by os-ken."""
    integration = ours(br_int.OVSIntegrationBridge, 'br-int', app)
    tunnel = ours(br_tun.OVSTunnelBridge, 'br-tun', app)
    physical = ours(br_phys.OVSPhysicalBridge, 'br-ex', app)
    call, tun, phys = of(integration), of(tunnel), of(physical)
    call('create')
    call('set_secure_mode')
    call('setup_controllers', cfg.CONF)
    call('set_igmp_snooping_state', False)
    call('uninstall_flows', cookie=ovs_lib.COOKIE_ANY)
    call('setup_default_table', enable_openflow_dhcp=True, enable_dhcpv6=True)
    call('check_canary_table')
    call('setup_canary_table')
    call('check_canary_table')
    phys('create')
    phys('set_secure_mode')
    phys('setup_controllers', cfg.CONF)
    phys('add_port', 'eth2')
    phys('setup_default_table')
    call('add_patch_port', 'int-br-ex', ovs_constants.NONEXISTENT_PEER)
    phys('add_patch_port', 'phy-br-ex', ovs_constants.NONEXISTENT_PEER)
    settled()
    inside, outside = integration.get_port_ofport('int-br-ex'), physical.get_port_ofport('phy-br-ex')
    call('drop_port', in_port=inside)
    phys('drop_port', in_port=outside)
    call('set_db_attribute', 'Interface', 'int-br-ex', 'options', {'peer': 'phy-br-ex'})
    phys('set_db_attribute', 'Interface', 'phy-br-ex', 'options', {'peer': 'int-br-ex'})
    tun('create', secure_mode=True)
    tun('setup_controllers', cfg.CONF)
    call('add_patch_port', 'patch-tun', 'patch-int')
    tun('add_patch_port', 'patch-int', 'patch-tun')
    tun('setup_default_table', tunnel.get_port_ofport('patch-int'), True)
    call('replace_port', 'tap1', *vif('tap1', 1))
    port = integration.get_port_ofport('tap1')
    settled()
    call('provision_local_vlan', port=inside, lvid=3, segmentation_id=100)
    phys('provision_local_vlan', port=outside, lvid=3, segmentation_id=100, distributed=False)
    tun('provision_local_vlan', network_type='vxlan', lvid=4, segmentation_id=200)
    tun('setup_tunnel_port', 'vxlan', 9)
    tun('install_flood_to_tun', 4, 200, [9, 10])
    tun('install_unicast_to_tun', 4, 200, 9, 'fa:16:3e:00:00:09')
    tun('install_arp_responder', 4, '10.0.0.9', 'fa:16:3e:00:00:09')
    call('set_allowed_macs_for_port', port, ['fa:16:3e:00:00:01'])
    call('install_arp_spoofing_protection', port, ['10.0.0.1', '10.0.1.0/24'])
    call('install_icmpv6_na_spoofing_protection', port, ['fe80::1'])
    call('install_dscp_marking_rule', port, 26)
    call('setup_local_egress_flows', port, 3)
    call('add_dhcp_ipv4_flow', 'id-1', port, 'fa:16:3e:00:00:01')
    call('add_dhcp_ipv6_flow', 'id-1', port, 'fa:16:3e:00:00:01')
    call('add_dvr_mac_physical', 'fa:16:3f:00:00:01', inside)
    call('add_dvr_gateway_mac_arp_vlan', 'fa:16:3f:00:00:01', inside)
    call('install_dvr_to_src_mac', 'vlan', 3, 'fa:16:3e:00:00:11', 'fa:16:3e:00:00:01', port)
    call('install_dvr_dst_mac_for_arp', 'vlan', 3, 'fa:16:3e:00:00:11', 'fa:16:3f:00:00:01', port)
    tun('install_dvr_process_ipv4', 4, '10.0.0.254')
    tun('install_dvr_process_ipv6', 4, 'fa:16:3e:00:00:12')
    tun('install_dvr_process', 4, 'fa:16:3e:00:00:12', 'fa:16:3f:00:00:01')
    call('install_garp_blocker', 3, '10.0.0.254')
    call('install_garp_blocker_exception', 3, '10.0.0.254', '10.0.0.253')
    call('list_meter_features', told=lambda features: sorted(features[0]))
    call('create_meter', 1, 1000, 100)
    call('update_meter', 1, 2000, 200)
    call('apply_meter_to_port', 1, 'egress', 'fa:16:3e:00:00:01', in_port=port)
    call('apply_meter_to_port', 1, 'ingress', 'fa:16:3e:00:00:01', local_vlan=3)
    for bridge in (integration, tunnel, physical):
        flows(bridge)
    call('remove_meter_from_port', 'egress', 'fa:16:3e:00:00:01', in_port=port)
    call('delete_meter', 1)
    call('delete_arp_spoofing_protection', port)
    call('del_dhcp_flow', port, 'fa:16:3e:00:00:01')
    call('delete_dvr_to_src_mac', 'vlan', 3, 'fa:16:3e:00:00:11')
    call('reclaim_local_vlan', port=inside, segmentation_id=100)
    phys('reclaim_local_vlan', port=outside, lvid=3)
    tun('reclaim_local_vlan', network_type='vxlan', segmentation_id=200)
    tun('delete_flood_to_tun', 4)
    tun('delete_unicast_to_tun', 4, None)
    tun('delete_arp_responder', 4, None)
    tun('cleanup_tunnel_port', 9)
    with integration.deferred(full_ordered=True, use_bundle=True) as deferred:
        deferred.add_flow(table=60, priority=1, in_port=port, actions='normal')
    with integration.bundled(atomic=True, ordered=True) as bundle:
        bundle.uninstall_flows(table_id=60)
        bundle.install_goto(table_id=60, dest_table_id=61, in_port=port)
    flows(integration)
    # An agent that begins anew has another stamp, writes all again, and cleans up what has the old one.
    for bridge in (integration, tunnel, physical):
        bridge.set_agent_uuid_stamp(0x5678)
        bridge.add_flow(table=5, priority=9, actions='drop')
        do('%s.cleanup_flows' % bridge.br_name, bridge.cleanup_flows)
        flows(bridge)
        do('%s.destroy' % bridge.br_name, bridge.destroy)


def everything(app):
    base_calls()
    one = ovs_lib.OVSBridge('br-one', datapath_type='netdev')
    settings(one)
    ports(one)
    bandwidth(one)
    entries(one)
    do('br-one.destroy', one.destroy)
    plugged(ovs_lib.OVSBridge('br-plug', datapath_type='netdev'))
    tunnels(ovs_lib.OVSBridge('br-two', datapath_type='netdev'))
    agent(app)


class Calls(base_oskenapp.BaseNeutronAgentOSKenApp):
    def start(self):
        super().start()

        def run():
            try:
                everything(self)
            except Exception:
                logging.disable(logging.NOTSET)
                logging.exception('calls')
                print('$ the end\n  did not come')
            hub.spawn(app_manager.AppManager.get_instance().close)

        return hub.spawn(run)


base = ovs_lib.BaseOVS()
main.init_config()
app_manager.AppManager.run_apps(['os_ken.app.ofctl.service', '__main__'])
