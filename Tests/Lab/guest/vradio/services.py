"""What a headset like the WH-1000XM4 offers: its service records and codecs."""

from __future__ import annotations

from bumble import a2dp, avdtp, avrcp, core, hfp, rfcomm, sdp

#: Audio service, Audio/Video major class, wearable headset.
DEVICE_CLASS = 0x240404
#: A vendor's serial port beside the standard profiles.
VENDOR_SERVICE = "96cc203e-5068-46ad-b32d-e316f5e069ba"
#: Device Identification: vendor, product and version as such a headset gives them.
VENDOR, PRODUCT, VERSION = 0x054C, 0x0D58, 0x0106

SINK_RECORD, CONTROLLER_RECORD, TARGET_RECORD, HANDS_FREE_RECORD, VENDOR_RECORD, IDENTIFICATION_RECORD = range(
    0x10001, 0x10007)


def hands_free_configuration() -> hfp.HfConfiguration:
    return hfp.HfConfiguration(
        supported_hf_features=[
            hfp.HfFeature.CODEC_NEGOTIATION,
            hfp.HfFeature.ESCO_S4_SETTINGS_SUPPORTED,
            hfp.HfFeature.REMOTE_VOLUME_CONTROL,
            hfp.HfFeature.HF_INDICATORS,
            hfp.HfFeature.EC_NR,
        ],
        supported_hf_indicators=[hfp.HfIndicator.BATTERY_LEVEL],
        supported_audio_codecs=[hfp.AudioCodec.CVSD, hfp.AudioCodec.MSBC],
    )


def sbc_capabilities() -> avdtp.MediaCodecCapabilities:
    info = a2dp.SbcMediaCodecInformation
    return avdtp.MediaCodecCapabilities(
        avdtp.AVDTP_AUDIO_MEDIA_TYPE,
        a2dp.CodecType.SBC,
        info(
            sampling_frequency=info.SamplingFrequency.SF_44100 | info.SamplingFrequency.SF_48000,
            channel_mode=info.ChannelMode.MONO
            | info.ChannelMode.DUAL_CHANNEL
            | info.ChannelMode.STEREO
            | info.ChannelMode.JOINT_STEREO,
            block_length=info.BlockLength.BL_4
            | info.BlockLength.BL_8
            | info.BlockLength.BL_12
            | info.BlockLength.BL_16,
            subbands=info.Subbands.S_4 | info.Subbands.S_8,
            allocation_method=info.AllocationMethod.LOUDNESS | info.AllocationMethod.SNR,
            minimum_bitpool_value=2,
            maximum_bitpool_value=53,
        ),
    )


def sbc_configuration() -> avdtp.MediaCodecCapabilities:
    """What the headset chooses when it sets up the stream."""
    info = a2dp.SbcMediaCodecInformation
    return avdtp.MediaCodecCapabilities(
        avdtp.AVDTP_AUDIO_MEDIA_TYPE,
        a2dp.CodecType.SBC,
        info(
            sampling_frequency=info.SamplingFrequency.SF_48000,
            channel_mode=info.ChannelMode.JOINT_STEREO,
            block_length=info.BlockLength.BL_16,
            subbands=info.Subbands.S_8,
            allocation_method=info.AllocationMethod.LOUDNESS,
            minimum_bitpool_value=2,
            maximum_bitpool_value=53,
        ),
    )


def aac_capabilities() -> avdtp.MediaCodecCapabilities:
    info = a2dp.AacMediaCodecInformation
    return avdtp.MediaCodecCapabilities(
        avdtp.AVDTP_AUDIO_MEDIA_TYPE,
        a2dp.CodecType.MPEG_2_4_AAC,
        info(
            object_type=info.ObjectType.MPEG_2_AAC_LC,
            sampling_frequency=info.SamplingFrequency.SF_44100 | info.SamplingFrequency.SF_48000,
            channels=info.Channels.MONO | info.Channels.STEREO,
            vbr=1,
            bitrate=320000,
        ),
    )


def browsable() -> sdp.ServiceAttribute:
    return sdp.ServiceAttribute(
        sdp.SDP_BROWSE_GROUP_LIST_ATTRIBUTE_ID,
        sdp.DataElement.sequence([sdp.DataElement.uuid(sdp.SDP_PUBLIC_BROWSE_ROOT)]),
    )


def identification() -> list[sdp.ServiceAttribute]:
    attribute, element = sdp.ServiceAttribute, sdp.DataElement
    return [
        attribute(sdp.SDP_SERVICE_RECORD_HANDLE_ATTRIBUTE_ID, element.unsigned_integer_32(IDENTIFICATION_RECORD)),
        attribute(
            sdp.SDP_SERVICE_CLASS_ID_LIST_ATTRIBUTE_ID,
            element.sequence([element.uuid(core.BT_PNP_INFORMATION_SERVICE)])),
        browsable(),
        attribute(0x0200, element.unsigned_integer_16(0x0103)),  # SpecificationID
        attribute(0x0201, element.unsigned_integer_16(VENDOR)),
        attribute(0x0202, element.unsigned_integer_16(PRODUCT)),
        attribute(0x0203, element.unsigned_integer_16(VERSION)),
        attribute(0x0204, element.boolean(True)),  # PrimaryRecord
        attribute(0x0205, element.unsigned_integer_16(2)),  # VendorIDSource: USB
    ]


def records(
    hands_free_channel: int,
    configuration: hfp.HfConfiguration,
    vendor_channel: int,
    offered: str,
    vendor_services: tuple[str, ...] = (VENDOR_SERVICE,),
) -> dict[int, list[sdp.ServiceAttribute]]:
    """The records of all services, or without those of stereo (`hfp`) or of the hands-free profile (`a2dp`).

    The first of the vendor's services is at its channel, the others are at channels where nobody listens.
    """
    hands_free = hfp.make_hf_sdp_records(HANDS_FREE_RECORD, hands_free_channel, configuration)
    records = {
        SINK_RECORD: a2dp.make_audio_sink_service_sdp_records(SINK_RECORD),
        CONTROLLER_RECORD: avrcp.ControllerServiceSdpRecord(CONTROLLER_RECORD).to_service_attributes(),
        TARGET_RECORD: avrcp.TargetServiceSdpRecord(TARGET_RECORD, supported_features=2).to_service_attributes(),
        HANDS_FREE_RECORD: [*hands_free, browsable()],
        IDENTIFICATION_RECORD: identification(),
    }
    for number, service in enumerate(vendor_services):
        handle = VENDOR_RECORD + (0x100 * number)
        channel = vendor_channel if number == 0 else (vendor_channel + 7 * number) % 30 + 1
        records[handle] = rfcomm.make_service_sdp_records(handle, channel, core.UUID(service))
    without = {
        "all": (),
        "hfp": (SINK_RECORD, CONTROLLER_RECORD, TARGET_RECORD),
        "a2dp": (HANDS_FREE_RECORD,),
    }
    if offered not in without:
        raise ValueError(f"services is one of {', '.join(without)}")
    return {handle: record for handle, record in records.items() if handle not in without[offered]}
