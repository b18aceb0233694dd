# What programs in Python do through ovsdbapp, as Neutron's and os-vif's do: each call waits until the switch has done it.
import logging
import time

from ovsdbapp.backend.ovs_idl import connection
from ovsdbapp.schema.open_vswitch import impl_idl

logging.disable()
idl = connection.OvsdbIdl.from_server('unix:/run/openvswitch/db.sock', 'Open_vSwitch')
api = impl_idl.OvsdbIdl(connection.Connection(idl=idl, timeout=30))


def do(name, *arguments, **more):
    try:
        result = getattr(api, name)(*arguments, **more).execute(check_error=True)
        if isinstance(result, list) and result and isinstance(result[0], str):
            result.sort()
        print(name, *arguments, '->', 'a row' if name.startswith('add_') else result)
    except Exception as e:
        print(name, *arguments, 'fails:', type(e).__name__)


do('add_br', 'pbr', datapath_type='netdev')
do('add_br', 'pbr', may_exist=True)
do('br_exists', 'pbr')
do('br_exists', 'nobr')
do('list_br')
do('set_fail_mode', 'pbr', 'secure')
do('db_get', 'Bridge', 'pbr', 'fail_mode')
do('br_set_external_id', 'pbr', 'bridge-id', 'pbr')
do('br_get_external_id', 'pbr', 'bridge-id')
do('db_add', 'Bridge', 'pbr', 'protocols', 'OpenFlow10', 'OpenFlow13', 'OpenFlow14')
do('db_get', 'Bridge', 'pbr', 'datapath_type')
do('add_port', 'pbr', 'tap1')
do('db_set', 'Interface', 'tap1', ('type', 'internal'))
do('db_set', 'Interface', 'tap1', ('external_ids', {'iface-id': 'a', 'attached-mac': '02:00:00:00:00:09'}))
do('db_get', 'Interface', 'tap1', 'ofport')
with api.transaction(check_error=True) as t:
    t.add(api.add_port('pbr', 'tap2'))
    t.add(api.db_set('Interface', 'tap2', ('type', 'internal'), ('ofport_request', 9), ('mtu_request', 1450)))
    t.add(api.db_set('Port', 'tap2', ('tag', 4095)))
do('db_get', 'Interface', 'tap2', 'ofport')
do('db_get', 'Interface', 'tap2', 'mtu')
do('add_port', 'pbr', 'int-pbr')
do('db_set', 'Interface', 'int-pbr', ('type', 'patch'), ('options', {'peer': 'phy-pbr'}))
for _ in range(100):
    if api.db_get('Interface', 'int-pbr', 'error').execute():
        break
    time.sleep(0.1)
do('db_get', 'Interface', 'int-pbr', 'error')
do('add_port', 'pbr', 'nosuchdevice')
do('db_get', 'Interface', 'nosuchdevice', 'ofport')
do('db_get', 'Interface', 'nosuchdevice', 'error')
do('list_ports', 'pbr')
do('list_ifaces', 'pbr')
do('port_to_br', 'tap2')
do('iface_to_br', 'tap2')
do('db_list', 'Port', ['tap2'], columns=['name', 'tag'])
do('set_controller', 'pbr', ['tcp:127.0.0.1:16633'])
do('get_controller', 'pbr')
do('del_controller', 'pbr')
do('db_clear', 'Port', 'tap2', 'tag')
do('db_find', 'Port', ('name', '=', 'tap2'), columns=['name', 'tag'])
do('del_port', 'tap2', bridge='pbr')
do('del_port', 'tap2', bridge='pbr', if_exists=False)
do('del_port', 'nosuchdevice')
do('list_ports', 'pbr')
do('del_br', 'pbr')
do('list_br')

# The transactions of Neutron's agent (neutron/agent/common/ovs_lib.py), in the order in which it has them on a new bridge.


def together(name, *commands):
    try:
        with api.transaction(check_error=True) as t:
            for c in commands:
                t.add(c)
        print(name, 'is done')
    except Exception as e:
        print(name, 'fails:', type(e).__name__)


def rows(name, command):
    result = command.execute(check_error=True)
    # Numbers are others where the tunnels before could be had.
    print(name, sorted(str(sorted((k, str(v) if k != 'ofport' else v > 0) for k, v in r.items() if k != '_uuid')) for r in result))


together('create', api.add_br('nbr', datapath_type='netdev'), api.db_add('Bridge', 'nbr', 'protocols', 'OpenFlow10', 'OpenFlow13', 'OpenFlow14'),
         api.db_set('Bridge', 'nbr', ('other_config', {'mac-table-size': '50000'})), api.set_fail_mode('nbr', 'secure'))
do('db_get', 'Bridge', 'nbr', 'other_config')
together('igmp snooping', api.db_set('Bridge', 'nbr', ('mcast_snooping_enable', False)),
         api.db_set('Bridge', 'nbr', ('other_config', {'mcast-snooping-disable-flood-unregistered': 'false'})))
do('set_controller', 'nbr', ['tcp:127.0.0.1:16633'])
controllers = api.db_get('Bridge', 'nbr', 'controller').execute(check_error=True)
for c in controllers if isinstance(controllers, list) else [controllers]:
    together('connection mode', api.db_set('Controller', c, ('connection_mode', 'out-of-band')))
    together('inactivity probe', api.db_set('Controller', c, ('inactivity_probe', 10000)))
    together('rate limits', api.db_set('Controller', c, ('controller_rate_limit', 100), ('controller_burst_limit', 25)))
rows('controller', api.db_list('Controller', columns=['target', 'connection_mode', 'inactivity_probe', 'controller_rate_limit']))
together('use_at_least_protocol', api.db_add('Bridge', 'nbr', 'protocols', 'OpenFlow14'))
together('add_patch_port', api.add_port('nbr', 'patch-tun'), api.db_set('Interface', 'patch-tun', ('type', 'patch'), ('options', {'peer': 'patch-int'})))
do('db_get', 'Interface', 'patch-tun', 'ofport')
for kind in ('vxlan', 'gre', 'geneve'):
    options = {'remote_ip': '192.0.2.9', 'local_ip': '192.0.2.1', 'in_key': 'flow', 'out_key': 'flow', 'df_default': 'true'}
    together('add_tunnel_port ' + kind, api.add_port('nbr', kind + '-c0000209'), api.db_set('Interface', kind + '-c0000209', ('type', kind), ('options', options)))
    together('del_tunnel_port ' + kind, api.del_port(kind + '-c0000209', 'nbr'))
for n in (1, 2):
    name = 'tapn%d' % n
    api.del_port(name).execute()
    together('replace_port', api.add_port('nbr', name, may_exist=False), api.db_set('Port', name, ('tag', 4095)),
             api.db_set('Interface', name, ('type', 'internal'), ('external_ids', {'iface-id': 'id-%d' % n, 'iface-status': 'active', 'attached-mac': 'fa:16:3e:00:00:0%d' % n})))
    print('has a number', api.db_get('Interface', name, 'ofport').execute(check_error=True) > 0)
ports = api.list_ports('nbr').execute(check_error=True)
rows('get_vif_ports', api.db_list('Interface', ports, columns=['name', 'external_ids', 'ofport'], if_exists=True))
rows('get_port_tag_dict', api.db_list('Port', ports, columns=['name', 'tag'], if_exists=True))
rows('get_vif_port_by_id', api.db_find('Interface', ('external_ids', '=', {'iface-id': 'id-2'}), ('external_ids', '!=', {'attached-mac': ''}), columns=['external_ids', 'name', 'ofport']))
together('port_bound', api.db_set('Port', 'tapn1', ('other_config', {'tag': '3', 'net_uuid': 'x'})), api.db_set('Port', 'tapn1', ('tag', 3)))
do('db_get', 'Port', 'tapn1', 'tag')
together('port_dead', api.db_set('Port', 'tapn1', ('tag', 4095)))
together('egress limit', api.db_set('Interface', 'tapn1', ('ingress_policing_rate', 3000), ('ingress_policing_burst', 300)))
do('db_get', 'Interface', 'tapn1', 'ingress_policing_rate')
together('no egress limit', api.db_set('Interface', 'tapn1', ('ingress_policing_rate', 0), ('ingress_policing_burst', 0)))
for given in ({'id-limits': '1'},):
    with api.transaction(check_error=True) as t:
        queue = t.add(api.db_create('Queue', other_config={'max-rate': '3000000', 'burst': '300000'}, external_ids={'id': 'tapn1', 'queue_type': '0'}))
    with api.transaction(check_error=True) as t:
        qos = t.add(api.db_create('QoS', type='linux-htb', queues={0: queue.result}, external_ids=given))
    together('ingress limit', api.db_set('Port', 'tapn1', ('qos', qos.result)))
    together('no ingress limit', api.db_clear('Port', 'tapn1', 'qos'))
    together('its rows', api.db_destroy('QoS', qos.result), api.db_destroy('Queue', queue.result))
rows('QoS', api.db_list('QoS', columns=['type']))
with open('/proc/net/dev') as f:
    print('local port', any(line.strip().startswith('nbr:') for line in f))
together('delete_ports', *[api.del_port(p, 'nbr') for p in ports])
do('list_ports', 'nbr')
do('del_controller', 'nbr')
do('db_get', 'Bridge', 'nbr', 'datapath_type')
do('del_br', 'nbr')
do('list_br')
