"""A learning switch for OpenFlow 1.0, as os-ken's users write them."""

from os_ken.base import app_manager
from os_ken.controller import ofp_event
from os_ken.controller.handler import MAIN_DISPATCHER, set_ev_cls
from os_ken.lib.mac import haddr_to_bin
from os_ken.lib.packet import ethernet, packet
from os_ken.ofproto import ofproto_v1_0


class LearningSwitch10(app_manager.OSKenApp):
    OFP_VERSIONS = [ofproto_v1_0.OFP_VERSION]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ports = {}

    @set_ev_cls(ofp_event.EventOFPStateChange, MAIN_DISPATCHER)
    def connected(self, event):
        print("switch %016x is here" % event.datapath.id, flush=True)

    @set_ev_cls(ofp_event.EventOFPPacketIn, MAIN_DISPATCHER)
    def packet_in(self, event):
        message = event.msg
        switch = message.datapath
        ofp, parser = switch.ofproto, switch.ofproto_parser
        frame = packet.Packet(message.data).get_protocol(ethernet.ethernet)
        self.ports[frame.src] = message.in_port
        out = self.ports.get(frame.dst, ofp.OFPP_FLOOD)
        actions = [parser.OFPActionOutput(out)]
        if out != ofp.OFPP_FLOOD:
            switch.send_msg(
                parser.OFPFlowMod(
                    datapath=switch,
                    match=parser.OFPMatch(
                        in_port=message.in_port,
                        dl_dst=haddr_to_bin(frame.dst),
                        dl_src=haddr_to_bin(frame.src),
                    ),
                    cookie=0,
                    command=ofp.OFPFC_ADD,
                    priority=ofp.OFP_DEFAULT_PRIORITY,
                    flags=ofp.OFPFF_SEND_FLOW_REM,
                    actions=actions,
                )
            )
        data = message.data if message.buffer_id == ofp.OFP_NO_BUFFER else None
        switch.send_msg(
            parser.OFPPacketOut(
                datapath=switch,
                buffer_id=message.buffer_id,
                in_port=message.in_port,
                actions=actions,
                data=data,
            )
        )
