package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.SubField;

/// What each action does to a packet on its way.
final class Acting {
    private static final String LABELS = "there are more than " + Labels.MAX + " MPLS labels";

    private Acting() {}

    /// Does an action, or begins it: then there is a frame on top that does it.
    ///
    /// @return false if the rest of its list is not to be done
    static boolean apply(Walk walk, Action action) {
        PipelinePacket packet = walk.packet;
        switch (action) {
            case Action.Output(int port, int max) -> output(walk, port, max, true);
            case Action.OutputReg(SubField f, int max) -> {
                packet.examine(f.field());
                long port = f.get(packet.key);
                if (port <= 0xffff && port >= 0) { // as OpenFlow 1.0 numbers ports; else none is
                    output(walk, OfPort.of16((int) port), max, false);
                }
            }
            case Action.OutputTruncated(int port, int max) -> {
                if (port != packet.inPort()) {
                    walk.sender.send(port, max);
                }
            }
            case Action.Enqueue(int port, int queue) -> output(walk, port, 0, false);
            case Action.Controller controller -> {
                if (controller.pause()) {
                    walk.paused = controller;
                    walk.freeze();
                } else {
                    walk.telling.of(controller);
                }
            }
            case Action.Group(int id) -> walk.begin(new InGroup(walk, id));
            case Action.SetField f ->
                    packet.set(f.field(), f.high(), f.low(), f.maskHigh(), f.maskLow());
            case Action.Load(SubField f, long value) -> packet.write(f, 0, value);
            case Action.Move(SubField from, SubField to) -> {
                packet.examine(from.field());
                packet.move(from, to);
            }
            case Action.StackPush(SubField f) -> {
                packet.examine(f.field());
                walk.stack = ValueStack.push(walk.stack, f, packet.key);
            }
            case Action.StackPop(SubField f) -> {
                if (walk.stack != null) {
                    packet.write(f, walk.stack.high(), walk.stack.low());
                    walk.stack = walk.stack.below();
                }
            }
            case Action.PushVlan(int type) -> packet.pushVlan(type, 0);
            case Action.PopVlan() -> packet.popVlan();
            case Action.SetVlanVid(int vid, boolean push) -> packet.setVlan(0xfff, vid, push);
            case Action.SetVlanPcp(int pcp, boolean push) ->
                    packet.setVlan(0xe000, pcp << 13, push);
            case Action.PushMpls(int type) -> {
                walk.hashed &= packet.isMpls(); // the hash was one of headers that are hidden now
                if (!packet.pushMpls(type)) {
                    walk.abandon(LABELS);
                }
            }
            case Action.PopMpls(int type) -> {
                boolean labelled = packet.isMpls();
                if (!packet.popMpls(type)) {
                    walk.abandon(LABELS);
                }
                walk.wasMpls |= labelled && !packet.isMpls();
            }
            case Action.SetMplsTtl(int ttl) -> packet.set(Field.MPLS_TTL, 0, ttl, 0, 0xff);
            case Action.DecMplsTtl() -> {
                if (!packet.decrementMplsTtl()) {
                    walk.telling.ofInvalidTtl(0);
                    return false;
                }
            }
            case Action.DecNshTtl() -> {
                if (!packet.decrementNshTtl()) {
                    walk.telling.ofInvalidTtl(0);
                    return false;
                }
            }
            case Action.DecTtl(List<Integer> ids) -> {
                if (!packet.decrementTtl()) {
                    for (int id : ids) {
                        walk.telling.ofInvalidTtl(id);
                    }
                    return false;
                }
            }
            case Action.Resubmit(int port, int id, boolean ct) ->
                    walk.begin(
                            new InTables(
                                    walk,
                                    id == 255 ? walk.owner.table() : id,
                                    port == OfPort.IN_PORT ? packet.inPort() : port,
                                    false));
            case Action.Clone(List<Action> list) -> walk.begin(new InClone(walk, list));
            case Action.Exit() -> walk.exit = true;
            case Action.Meter(int id) -> walk.meter(id);
            case Action.Learn learn ->
                    walk.out.add(
                            new DatapathAction.Learned(
                                    Learning.rule(learn, packet), learn.limit()));
            case Action.Multipath m -> {
                long hash = PipelinePacket.mix(packet.hash(m.fields(), m.basis()) + m.argument());
                packet.write(m.target(), 0, (hash >>> 1) % (m.maxLink() + 1));
            }
            case Action.Bundle b -> {
                int chosen = walk.liveness.choose(b, packet);
                if (b.target() != null) {
                    packet.write(b.target(), 0, chosen == OfPort.ANY ? 0xffff : chosen);
                } else if (chosen != OfPort.ANY) {
                    output(walk, chosen, 0, false);
                }
            }
            // Nothing to be done to the packet: queues are not modelled, and the rest is for
            // others.
            case Action.CheckPacketLarger c -> {} // done where its list is
            case Action.CtClear() -> {}
            case Action.SetQueue(int queue) -> {}
            case Action.PopQueue() -> {}
            case Action.Note(Bytes data) -> {}
            case Action.Conjunction c -> {}
            case Action.FinTimeout f -> {}
            case Action.Opaque o -> {}
        }
        return true;
    }

    private static void output(Walk walk, int port, int maxLength, boolean missIsTold) {
        int own = walk.packet.inPort();
        switch (port) {
            case OfPort.CONTROLLER -> walk.telling.ofOutput(maxLength);
            case OfPort.IN_PORT -> walk.sender.send(own);
            case OfPort.TABLE -> walk.begin(new InTables(walk, 0, own, missIsTold));
            case OfPort.NORMAL -> walk.sender.normal(walk.packetOut);
            case OfPort.FLOOD -> walk.sender.flood(true);
            case OfPort.ALL -> walk.sender.flood(false);
            default -> {
                if (port != own) {
                    walk.sender.send(port);
                }
            }
        }
    }
}
