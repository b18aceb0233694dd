# What programs in Python do through ovsdbapp: each call waits until the switch has done it.
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
