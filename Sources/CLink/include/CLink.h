/* What a controller tells of a link, which the kernel lets any user ask (net/bluetooth/hci_sock.c, hci_sec_filter). */
#ifndef CLINK_H
#define CLINK_H

/* Writes what is known of the link that an adapter ("hci0") has with a device ("94:DB:56:00:00:01").
   rssi: dB below (negative) or above the controller's golden range, 0 within it; never dBm.
   quality: 0 to 255, the greater the better, as its maker counts.
   Returns 0; or -errno: -ENODEV without that adapter, -ENOTCONN without such a link, -ETIMEDOUT where it does not answer,
   -EINVAL for names of another form. */
int clink_read(const char *adapter, const char *device, int *rssi, int *quality);

#endif
