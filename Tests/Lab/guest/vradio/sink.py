"""The headset's side of A2DP: its codecs, what it heard, and how it treats a host that wants to send it sound."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bumble import a2dp, avdtp, l2cap
from bumble.device import Connection, Device

from . import services

#: What `radio NAME a2dp` takes: the signalling channel is accepted, refused, or its request never answered; or every
#: configuration of a stream is rejected.
HABITS = ("accept", "refuse", "silent", "reject")
#: The endpoints that a headset can have.
CODECS = {"sbc": services.sbc_capabilities, "aac": services.aac_capabilities}


class Stream:
    """What arrived of the audio since the counting began."""

    def __init__(self) -> None:
        self.packets = 0
        #: Packets that the sequence numbers miss, or that came out of order.
        self.lost = 0
        #: The longest silence between two packets, in seconds.
        self.largest_gap = 0.0
        self.last: tuple[int, float] | None = None

    def arrived(self, sequence: int, now: float) -> None:
        if self.last:
            previous, before = self.last
            self.lost += (sequence - previous - 1) & 0xFFFF
            self.largest_gap = max(self.largest_gap, now - before)
        self.packets += 1
        self.last = (sequence, now)


class Unanswered:
    """Stands in for the server of a channel whose requests are heard by nobody."""

    def __init__(self, spec: l2cap.ClassicChannelSpec) -> None:
        self.spec = spec

    def on_connection(self, channel: l2cap.ClassicChannel) -> None:
        channel.on_connection_request = lambda _: None


class Sink:
    def __init__(self, device: Device, note: Callable[..., None]) -> None:
        self.note = note
        self.stream = Stream()
        self.codec: str | None = None
        self.habit = "accept"
        self.codecs = list(CODECS)
        self.channels = device.l2cap_channel_manager
        self.listener = avdtp.Listener.for_device(device)
        self.listener.on(self.listener.EVENT_CONNECTION, self.on_signalling)
        self.server = self.channels.servers[avdtp.AVDTP_PSM]

    @property
    def up(self) -> bool:
        """Somebody has the signalling channel open."""
        return bool(self.listener.servers)

    def set_habit(self, habit: str) -> None:
        """For what comes; a stream that is up stays."""
        if habit not in HABITS:
            raise ValueError(f"a2dp is one of {', '.join(HABITS)}")
        self.habit = habit
        if habit == "refuse":
            self.channels.servers.pop(avdtp.AVDTP_PSM, None)
        else:
            self.channels.servers[avdtp.AVDTP_PSM] = (
                Unanswered(self.server.spec) if habit == "silent" else self.server)

    def set_codecs(self, names: list[str]) -> None:
        """For what comes, also one that leaves out SBC, which no headset may."""
        if not names or not set(names) <= set(CODECS):
            raise ValueError(f"codecs are some of {', '.join(CODECS)}")
        self.codecs = names

    def on_signalling(self, protocol: avdtp.Protocol) -> None:
        self.note("A2DP signalling up")
        self.add_endpoints(protocol)
        configure = protocol.on_set_configuration_command

        async def maybe_configure(command: avdtp.Set_Configuration_Command) -> avdtp.Message | None:
            if self.habit != "reject":
                return await configure(command)
            self.note("A2DP configuration rejected")
            return avdtp.Set_Configuration_Reject(error_code=avdtp.AVDTP_SEP_IN_USE_ERROR)

        protocol.on_set_configuration_command = maybe_configure

    def add_endpoints(self, protocol: avdtp.Protocol) -> dict[str, avdtp.LocalSink]:
        endpoints = {}
        for name in map(str.upper, self.codecs):
            sink = endpoints[name] = protocol.add_sink(CODECS[name.lower()]())
            sink.on(sink.EVENT_CONFIGURATION, lambda *_, name=name: self.on_configured(name))
            sink.on(sink.EVENT_RTP_PACKET, self.on_rtp_packet)
            for event in ("OPEN", "START", "SUSPEND", "STOP", "CLOSE", "ABORT"):
                sink.on(
                    getattr(sink, f"EVENT_{event}"),
                    lambda *_, name=name, event=event: self.note("A2DP", name, event.lower()))
        return endpoints

    def on_configured(self, codec: str) -> None:
        self.codec = codec
        self.note("A2DP", codec, "configured")

    def on_rtp_packet(self, packet: Any) -> None:
        self.stream.arrived(packet.sequence_number, time.monotonic())

    async def call(self, connection: Connection) -> None:
        """Sets up a stream by itself, as headsets do that were switched on: the host has only to start it.

        Nothing is left to do where the host was quicker: it calls A2DP by itself after a headset came in without it.
        """
        if connection.handle in self.listener.servers:
            return
        try:
            protocol = await avdtp.Protocol.connect(connection)
        except l2cap.L2capError:
            if connection.handle in self.listener.servers:
                return
            raise
        self.listener.set_server(connection, protocol)
        protocol.on(protocol.EVENT_CLOSE, lambda: self.listener.remove_server(connection))
        sink = self.add_endpoints(protocol)["SBC"]
        await protocol.discover_remote_endpoints()
        if sink.in_use:
            return
        source = next(
            (end for end in protocol.remote_endpoints.values() if is_free_source(end)), None)
        if not source:
            raise ValueError("the host has no free SBC source")
        sink.configuration = [
            avdtp.ServiceCapabilities(avdtp.AVDTP_MEDIA_TRANSPORT_SERVICE_CATEGORY),
            services.sbc_configuration(),
        ]
        stream = await protocol.create_stream(sink, source)
        self.on_configured("SBC")
        await stream.open()
        # Bumble expects an initiator to be the source.
        stream.rtp_channel.on(stream.rtp_channel.EVENT_CLOSE, stream.on_l2cap_channel_close)
        sink.on_rtp_channel_open()
        self.note("A2DP SBC opened")


def is_free_source(end: avdtp.DiscoveredStreamEndPoint) -> bool:
    return not end.in_use and end.tsep == avdtp.AVDTP_TSEP_SRC and any(
        isinstance(each, avdtp.MediaCodecCapabilities) and each.media_codec_type == a2dp.CodecType.SBC
        for each in end.capabilities)
