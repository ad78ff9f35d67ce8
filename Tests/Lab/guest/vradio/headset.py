"""A virtual headset: bumble's host stack on a controller of this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import Any

from bumble import avdtp, avrcp, core, hci, hfp, rfcomm
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.pairing import PairingConfig

from . import services
from .controller import Controller
from .transport import Pipe
from .wearer import CAPABILITIES, Wearer

START = time.monotonic()


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


class Headset:
    """One headset. Its bonds live in the file `keys`, in bumble's format."""

    def __init__(self, name: str, controller: Controller, keys: str) -> None:
        self.name = name
        self.controller = controller
        self.wearer = Wearer("none")
        self.events: list[str] = []
        self.stream = Stream()
        self.codec: str | None = None
        self.battery = 80
        self.hands_free: hfp.HfProtocol | None = None
        configuration = DeviceConfiguration()
        configuration.load_from_dict({
            "name": name,
            "class_of_device": services.DEVICE_CLASS,
            "keystore": f"JsonKeyStore:{keys}",
            "classic_enabled": True,
            "classic_ssp_enabled": True,
            "classic_sc_enabled": True,
            "le_enabled": False,
        })
        configuration.connectable = configuration.discoverable = True
        pipe = Pipe(controller)
        self.device = Device.from_config_with_hci(configuration, pipe, pipe)
        self.device.classic_interlaced_scan_enabled = False
        self.device.pairing_config_factory = lambda _: PairingConfig(
            sc=True, mitm=self.wearer.wants_protection, bonding=True, delegate=self.wearer)

    async def start(self) -> None:
        serial = rfcomm.Server(self.device)
        configuration = services.hands_free_configuration()
        hands_free_channel = serial.listen(lambda channel: self.on_hands_free(channel, configuration))
        vendor_channel = serial.listen(self.on_vendor_channel)
        self.device.sdp_service_records = services.records(hands_free_channel, configuration, vendor_channel)
        self.device.on("connection", self.on_connection)
        self.device.on("sco_request", self.on_voice_request)
        self.device.on("sco_connection", lambda _: self.note("voice link up"))
        listener = avdtp.Listener.for_device(self.device)
        listener.on(listener.EVENT_CONNECTION, self.on_audio_channel)
        remote_control = avrcp.Delegate([avrcp.EventId.VOLUME_CHANGED])
        remote_control.volume = 64  # of 127; at 0 the host would mute its sink
        self.remote_control = avrcp.Protocol(remote_control)
        self.remote_control.listen(self.device)
        await self.device.power_on()
        self.note("on, address", self.device.public_address)

    def note(self, *words: Any) -> None:
        text = " ".join(map(str, words))
        print(f"{time.monotonic() - START:9.3f} [{self.name}] {text}", flush=True)
        self.events.append(text)

    # What the stack reports

    def on_connection(self, connection: Connection) -> None:
        self.note("link up with", connection.peer_address)
        for event, describe in {
            connection.EVENT_DISCONNECTION: lambda reason: self.note("link down, reason", reason),
            connection.EVENT_CONNECTION_AUTHENTICATION: lambda: self.note("authenticated"),
            connection.EVENT_CONNECTION_AUTHENTICATION_FAILURE: lambda e: self.note("authentication failed:", e),
            connection.EVENT_CONNECTION_ENCRYPTION_CHANGE: lambda: self.note("encryption", connection.encryption),
            connection.EVENT_CLASSIC_PAIRING: lambda: self.note("pairing complete"),
            connection.EVENT_CLASSIC_PAIRING_FAILURE: lambda status: self.note("pairing failed:", status),
            connection.EVENT_LINK_KEY: lambda *_: self.note("link key stored"),
        }.items():
            connection.on(event, describe)

    def on_vendor_channel(self, channel: rfcomm.DLC) -> None:
        self.note("vendor channel open")
        channel.sink = channel.write  # an echo

    def on_hands_free(self, channel: rfcomm.DLC, configuration: hfp.HfConfiguration) -> None:
        self.hands_free = hfp.HfProtocol(channel, configuration)
        asyncio.ensure_future(self.run_hands_free(self.hands_free))

    async def run_hands_free(self, protocol: hfp.HfProtocol) -> None:
        try:
            await protocol.initiate_slc()
            self.note("hands-free up")
            with contextlib.suppress(hfp.HfpProtocolError):  # not every host takes battery reports
                await protocol.execute_command(f"AT+BIEV=2,{self.battery}")
            await protocol.run()
        except Exception as error:  # the host may end it at any point
            self.note("hands-free ended:", repr(error))

    def on_audio_channel(self, server: avdtp.Protocol) -> None:
        self.note("A2DP signalling up")
        for name, capabilities in (("SBC", services.sbc_capabilities()), ("AAC", services.aac_capabilities())):
            sink = server.add_sink(capabilities)
            sink.on(sink.EVENT_CONFIGURATION, lambda *_, name=name: self.on_audio_configured(name))
            sink.on(sink.EVENT_RTP_PACKET, self.on_rtp_packet)
            for event in ("OPEN", "START", "SUSPEND", "STOP", "CLOSE", "ABORT"):
                sink.on(
                    getattr(sink, f"EVENT_{event}"),
                    lambda *_, name=name, event=event: self.note("A2DP", name, event.lower()))

    def on_audio_configured(self, codec: str) -> None:
        self.codec = codec
        self.note("A2DP", codec, "configured")

    def on_rtp_packet(self, packet: Any) -> None:
        self.stream.arrived(packet.sequence_number, time.monotonic())

    def on_voice_request(self, connection: Connection, _: int) -> None:
        wideband = self.hands_free and self.hands_free.active_codec == hfp.AudioCodec.MSBC
        codec = hfp.DefaultCodecParameters.ESCO_MSBC_T2 if wideband else hfp.DefaultCodecParameters.ESCO_CVSD_S4
        asyncio.ensure_future(self.device.send_async_command(
            hci.HCI_Enhanced_Accept_Synchronous_Connection_Request_Command(
                bd_addr=connection.peer_address, **hfp.ESCO_PARAMETERS[codec].asdict())))

    # What the control socket asks

    async def status(self) -> dict[str, Any]:
        connections = self.device.connections.values()
        return {
            "name": self.name,
            "address": self.device.public_address.to_string(False),
            "connections": [connection.peer_address.to_string(False) for connection in connections],
            "bonds": list(await self.bonds()),
            "discoverable": self.device.discoverable,
            "connectable": self.device.connectable,
            "acceptsPairing": self.controller.accepts_pairing,
            "inRange": self.controller.in_range,
            "io": self.wearer.capability,
            "question": self.wearer.question,
            "codec": self.codec,
            "voice": any(link.synchronous is not None for link in self.controller.links.values()),
            "rtpPackets": self.stream.packets,
            "rtpLost": self.stream.lost,
            "rtpLargestGapMs": round(self.stream.largest_gap * 1000),
        }

    async def bonds(self) -> dict[str, str]:
        """The link keys by the host's address."""
        stored = await self.device.keystore.get_all()
        return {
            address.split("/")[0]: keys.link_key.value.hex() for address, keys in stored if keys.link_key}

    async def wipe(self) -> None:
        """A factory reset: every bond goes."""
        await self.device.keystore.delete_all()
        self.note("wiped")

    async def corrupt(self) -> None:
        """Keeps every bond, with a key that nobody else has."""
        for address, keys in await self.device.keystore.get_all():
            keys.link_key.value = os.urandom(16)
            await self.device.keystore.update(address, keys)
        self.note("keys corrupted")

    async def drop(self) -> None:
        for connection in list(self.device.connections.values()):
            await connection.disconnect()

    async def set_pairing_mode(self, on: bool) -> None:
        self.controller.accepts_pairing = on
        await self.device.set_discoverable(on)

    async def set_power(self, on: bool) -> None:
        if not on:
            await self.drop()
        await self.device.set_connectable(on)
        await self.device.set_discoverable(on)

    def set_io(self, capability: str) -> None:
        if capability not in CAPABILITIES:
            raise ValueError(f"io is one of {', '.join(CAPABILITIES)}")
        self.wearer = Wearer(capability)

    async def set_pin(self, pin: str) -> None:
        """Turns the headset into one from before simple pairing, with this PIN."""
        self.wearer = Wearer("none", pin)
        self.device.classic_ssp_enabled = self.device.classic_sc_enabled = False
        self.controller.forget_simple_pairing()

    async def call(self, address: str) -> Connection:
        """Pages the host, and no more."""
        peer = hci.Address(address, hci.Address.PUBLIC_DEVICE_ADDRESS)
        return await self.device.connect(peer, transport=core.PhysicalTransport.BR_EDR)

    async def visit(self, address: str) -> None:
        """Calls the host and hangs up at once."""
        await (await self.call(address)).disconnect()

    async def connect(self, address: str) -> None:
        """Calls the host back, as a headset does that was switched on. Without a key it starts a pairing."""
        connection = await self.call(address)
        await connection.authenticate()
        await connection.encrypt()
