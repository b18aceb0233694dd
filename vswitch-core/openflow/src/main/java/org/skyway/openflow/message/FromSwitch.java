package org.skyway.openflow.message;

/// Messages that only a switch sends. A switch that gets one refuses it unread.
public sealed interface FromSwitch extends Message
        permits AsyncMessage.GetAsyncReply,
                ExtensionMessage.FlowMonitorPaused,
                ExtensionMessage.FlowMonitorResumed,
                ExtensionMessage.TlvTableReply,
                FlowRemoved,
                Message.BarrierReply,
                Message.FeaturesReply,
                Message.GetConfigReply,
                Message.PortStatus,
                Message.QueueGetConfigReply,
                Message.RequestForward,
                Message.TableStatus,
                PacketIn,
                RoleMessage.RoleReply,
                RoleMessage.RoleStatus,
                StatsReply {}
