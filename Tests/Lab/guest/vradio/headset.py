"""A virtual headset: bumble's host stack on a controller of this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from typing import Any

from bumble import avrcp, core, hci, hfp, rfcomm
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.pairing import PairingConfig

from . import services, sony
from .controller import Controller
from .sink import Sink
from .transport import Pipe
from .wearer import CAPABILITIES, Wearer

START = time.monotonic()


#: A host on a busy machine takes its time, and a command whose answer comes late would spoil the next.
ANSWER_SECONDS = 15


class HandsFree(hfp.HfProtocol):
    async def execute_command(
        self, command: str, timeout: float = ANSWER_SECONDS, response_type: Any = hfp.AtResponseType.NONE
    ) -> Any:
        # Headsets write every number, and PulseAudio reads no other form.
        if command == "AT+CMER=3,,,1":
            command = "AT+CMER=3,0,0,1"
        return await super().execute_command(command, timeout, response_type=response_type)


class Headset:
    """One headset. Its bonds live in the file `keys`, in bumble's format."""

    def __init__(self, name: str, controller: Controller, keys: str) -> None:
        self.name = name
        self.controller = controller
        self.wearer = Wearer("none")
        self.events: list[str] = []
        self.battery = 80
        self.hands_free: hfp.HfProtocol | None = None
        self.offered = "all"
        self.sony: sony.Sony | None = None
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
        self.serial = rfcomm.Server(self.device)
        self.hands_free_channel = self.serial.listen(self.on_hands_free)
        self.vendor_channel = self.serial.listen(self.on_vendor_channel)
        self.sink = Sink(self.device, self.note)
        self.offer("all")
        self.device.on("connection", self.on_connection)
        self.device.on("sco_request", self.on_voice_request)
        self.device.on("sco_connection", lambda _: self.note("voice link up"))
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
        if self.sony:
            self.sony.open(channel)
        else:
            channel.sink = channel.write  # an echo

    def on_hands_free(self, channel: rfcomm.DLC) -> None:
        if self.offered == "a2dp":
            asyncio.ensure_future(channel.disconnect())
            return
        self.hands_free = HandsFree(channel, services.hands_free_configuration())
        asyncio.ensure_future(self.run_hands_free(self.hands_free))

    async def run_hands_free(self, protocol: hfp.HfProtocol) -> None:
        try:
            await protocol.initiate_slc()
            self.note("hands-free up")
            # Not every host takes battery reports.
            with contextlib.suppress(hfp.HfpProtocolError, asyncio.TimeoutError):
                await protocol.execute_command(f"AT+BIEV=2,{self.battery}")
            while True:
                await protocol.handle_unsolicited()
        except Exception as error:  # the host may end it at any point
            self.note("hands-free ended:", repr(error))
        finally:
            if self.hands_free is protocol:
                self.hands_free = None

    def on_voice_request(self, connection: Connection, _: int) -> None:
        wideband = self.hands_free and self.hands_free.active_codec == hfp.AudioCodec.MSBC
        codec = hfp.DefaultCodecParameters.ESCO_MSBC_T2 if wideband else hfp.DefaultCodecParameters.ESCO_CVSD_S4
        asyncio.ensure_future(self.device.send_async_command(
            hci.HCI_Enhanced_Accept_Synchronous_Connection_Request_Command(
                bd_addr=connection.peer_address, **hfp.ESCO_PARAMETERS[codec].asdict())))

    # Sony's control channel

    def play_session(self, path: str, habits: list[str]) -> None:
        """Plays a recorded session at a channel of its own, and says so in its records; before it is paired."""
        free = [number for number in range(1, 31) if number not in self.serial.acceptors]
        self.sony = sony.Sony(
            sony.Session(path, self.device.public_address.to_string(False)), habits, self.note,
            lambda host: asyncio.ensure_future(self.forget(host)))
        self.vendor_channel = self.serial.listen(self.on_vendor_channel, random.choice(free))
        self.offer(self.offered)

    def hold_channel(self, held: bool) -> None:
        """Another client has the control channel: who asks for it is turned down."""
        if held:
            self.held = self.serial.dlc_configs.pop(self.vendor_channel)
        else:
            self.serial.dlc_configs[self.vendor_channel] = self.held

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
            "codec": self.sink.codec,
            "voice": any(link.synchronous is not None for link in self.controller.links.values()),
            "services": self.offered,
            "a2dp": self.sink.habit,
            "a2dpUp": self.sink.up,
            "handsFreeUp": self.hands_free is not None,
            "rtpPackets": self.sink.stream.packets,
            "rtpLost": self.sink.stream.lost,
            "rtpLargestGapMs": round(self.sink.stream.largest_gap * 1000),
            "mdr": self.sony.status() if self.sony else None,
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

    async def forget(self, host: str) -> None:
        for address, _ in await self.device.keystore.get_all():
            if address.split("/")[0] == host:
                await self.device.keystore.delete(address)
        self.note("forgot", host)

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

    def offer(self, offered: str) -> None:
        """What its service records say, and what it has: `all`, `hfp` or `a2dp` alone."""
        self.device.sdp_service_records = services.records(
            self.hands_free_channel, services.hands_free_configuration(), self.vendor_channel, offered,
            (self.sony.session.service, *sony.DECOYS) if self.sony else (services.VENDOR_SERVICE,))
        self.offered = offered
        self.sink.set_habit("refuse" if offered == "hfp" else "accept")

    async def page(self, address: str) -> Connection:
        """Pages the host, and no more."""
        peer = hci.Address(address, hci.Address.PUBLIC_DEVICE_ADDRESS)
        return await self.device.connect(peer, transport=core.PhysicalTransport.BR_EDR)

    async def visit(self, address: str) -> None:
        """Calls the host and hangs up at once."""
        await (await self.page(address)).disconnect()

    async def connect(self, address: str) -> Connection:
        """Calls the host back, as a headset does that was switched on. Without a key it starts a pairing."""
        connection = await self.page(address)
        await connection.authenticate()
        await connection.encrypt()
        return connection

    async def call(self, address: str, profiles: str) -> None:
        """Calls the host back and opens its profiles by itself, the hands-free one first."""
        up = self.device.connections.values()
        connection = next(iter(up), None) or await self.connect(address)
        if profiles in ("hfp", "both"):
            await self.call_hands_free(connection)
        if profiles in ("a2dp", "both"):
            await self.sink.call(connection)

    async def call_hands_free(self, connection: Connection) -> None:
        gateway = await hfp.find_ag_sdp_record(connection)
        if not gateway:
            raise ValueError("the host has no hands-free gateway")
        multiplexer = await rfcomm.Client(connection).start()
        self.on_hands_free(await multiplexer.open_dlc(gateway[0]))
