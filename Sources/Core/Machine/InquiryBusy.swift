/// A discovery that BlueZ refuses because one is in progress that is not ours.
///
/// bluetoothd merges the discoveries of its clients, so it is the kernel that is busy: with the inquiry of a bluetoothd
/// that died (mgmt answers Busy; seen on 5.66 and 5.82). It takes 10.24 s (`DISCOV_BREDR_INQUIRY_LEN`), nobody signals
/// its end, and so it is asked again.
package enum InquiryBusy {
  static let retryDelay = Duration.seconds(1)
  /// No inquiry lasts longer than 61.44 s (HCI_Inquiry, Inquiry_Length 0x30).
  package static let mostAttempts = 62
}
