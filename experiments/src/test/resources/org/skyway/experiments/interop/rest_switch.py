"""OpenFlow 1.3 by HTTP: flows, groups and meters in JSON, in the syntax of os-ken's ofctl library."""

import json
import os

from os_ken.base import app_manager
from os_ken.controller import ofp_event
from os_ken.controller.handler import MAIN_DISPATCHER, set_ev_cls
from os_ken.lib import hub, ofctl_utils, ofctl_v1_3
from os_ken.ofproto import ofproto_v1_3

# What has not come by then is left out of an answer; a busy machine may take longer than the second that the library waits.
ofctl_utils.DEFAULT_TIMEOUT = 30

STATISTICS = {
    "desc": ofctl_v1_3.get_desc_stats,
    "flow": ofctl_v1_3.get_flow_stats,
    "aggregate": ofctl_v1_3.get_aggregate_flow_stats,
    "table": ofctl_v1_3.get_table_stats,
    "tablefeatures": ofctl_v1_3.get_table_features,
    "port": ofctl_v1_3.get_port_stats,
    "portdesc": ofctl_v1_3.get_port_desc,
    "queue": ofctl_v1_3.get_queue_stats,
    "group": ofctl_v1_3.get_group_stats,
    "groupdesc": ofctl_v1_3.get_group_desc,
    "groupfeatures": ofctl_v1_3.get_group_features,
    "meter": ofctl_v1_3.get_meter_stats,
    "meterconfig": ofctl_v1_3.get_meter_config,
    "meterfeatures": ofctl_v1_3.get_meter_features,
}


class RestSwitch(app_manager.OSKenApp):
    OFP_VERSIONS = [ofproto_v1_3.OFP_VERSION]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.switches = {}
        self.waiters = {}
        address = ("127.0.0.1", int(os.environ["REST_PORT"]))
        self.server = hub.WSGIServer(address, self.answer)
        self.threads.append(hub.spawn(self.server.serve_forever))

    @set_ev_cls(ofp_event.EventOFPStateChange, MAIN_DISPATCHER)
    def connected(self, event):
        self.switches[event.datapath.id] = event.datapath
        print("switch %016x is here" % event.datapath.id, flush=True)

    # Hands answers to whoever waits for them in the library.
    @set_ev_cls(
        [
            ofp_event.EventOFPDescStatsReply,
            ofp_event.EventOFPFlowStatsReply,
            ofp_event.EventOFPAggregateStatsReply,
            ofp_event.EventOFPTableStatsReply,
            ofp_event.EventOFPTableFeaturesStatsReply,
            ofp_event.EventOFPPortStatsReply,
            ofp_event.EventOFPPortDescStatsReply,
            ofp_event.EventOFPQueueStatsReply,
            ofp_event.EventOFPGroupStatsReply,
            ofp_event.EventOFPGroupDescStatsReply,
            ofp_event.EventOFPGroupFeaturesStatsReply,
            ofp_event.EventOFPMeterStatsReply,
            ofp_event.EventOFPMeterConfigStatsReply,
            ofp_event.EventOFPMeterFeaturesStatsReply,
        ],
        MAIN_DISPATCHER,
    )
    def replied(self, event):
        message = event.msg
        waiting = self.waiters.get(message.datapath.id, {})
        if message.xid not in waiting:
            return
        lock, messages = waiting[message.xid]
        messages.append(message)
        if not message.flags & message.datapath.ofproto.OFPMPF_REPLY_MORE:
            del waiting[message.xid]
            lock.set()

    def answer(self, environment, start_response):
        status, body = self.route(environment)
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def route(self, environment):
        words = environment["PATH_INFO"].strip("/").split("/")
        if words == ["stats", "switches"]:
            return "200 OK", sorted(self.switches)
        if environment["REQUEST_METHOD"] == "GET":
            switch = self.switches[int(words[2])]
            return "200 OK", STATISTICS[words[1]](switch, self.waiters)
        length = int(environment["CONTENT_LENGTH"])
        order = json.loads(environment["wsgi.input"].read(length))
        switch = self.switches[int(order["dpid"])]
        commands, prefix, apply = {
            "flowentry": ("ADD MODIFY MODIFY_STRICT DELETE DELETE_STRICT", "OFPFC_", None),
            "groupentry": ("ADD MODIFY DELETE", "OFPGC_", ofctl_v1_3.mod_group_entry),
            "meterentry": ("ADD MODIFY DELETE", "OFPMC_", ofctl_v1_3.mod_meter_entry),
        }[words[1]]
        command = words[2].upper()
        assert command in commands.split(), command
        code = getattr(switch.ofproto, prefix + command)
        (apply or ofctl_v1_3.mod_flow_entry)(switch, order, code)
        return "200 OK", {}
