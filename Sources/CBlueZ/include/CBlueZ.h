/*
 * The C libraries that reach BlueZ, as Swift sees them: libdbus-1 (the bus) and libbluetooth (addresses, company
 * names, controllers), and the kernel's Bluetooth management interface, for which no library and no header is
 * installed. Swift cannot import libdbus's character-cast macros, so they are named again here.
 */
#ifndef CBLUEZ_H
#define CBLUEZ_H
#include <dbus/dbus.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
  CBLUEZ_TYPE_INVALID = DBUS_TYPE_INVALID,
  CBLUEZ_TYPE_BYTE = DBUS_TYPE_BYTE,
  CBLUEZ_TYPE_BOOLEAN = DBUS_TYPE_BOOLEAN,
  CBLUEZ_TYPE_INT16 = DBUS_TYPE_INT16,
  CBLUEZ_TYPE_UINT16 = DBUS_TYPE_UINT16,
  CBLUEZ_TYPE_INT32 = DBUS_TYPE_INT32,
  CBLUEZ_TYPE_UINT32 = DBUS_TYPE_UINT32,
  CBLUEZ_TYPE_INT64 = DBUS_TYPE_INT64,
  CBLUEZ_TYPE_UINT64 = DBUS_TYPE_UINT64,
  CBLUEZ_TYPE_DOUBLE = DBUS_TYPE_DOUBLE,
  CBLUEZ_TYPE_STRING = DBUS_TYPE_STRING,
  CBLUEZ_TYPE_OBJECT_PATH = DBUS_TYPE_OBJECT_PATH,
  CBLUEZ_TYPE_SIGNATURE = DBUS_TYPE_SIGNATURE,
  CBLUEZ_TYPE_UNIX_FD = DBUS_TYPE_UNIX_FD,
  CBLUEZ_TYPE_ARRAY = DBUS_TYPE_ARRAY,
  CBLUEZ_TYPE_VARIANT = DBUS_TYPE_VARIANT,
  CBLUEZ_TYPE_STRUCT = DBUS_TYPE_STRUCT,
  CBLUEZ_TYPE_DICT_ENTRY = DBUS_TYPE_DICT_ENTRY,
};

/* The name the Bluetooth SIG gave a company identifier ("Sony Corporation"); never NULL. Source: libbluetooth. */
const char *cbluez_company_name(uint16_t identifier);

/*
 * Opens a private connection to a bus address without registering at the bus. On failure NULL, with the error's name
 * and text, cut to fit, in the buffers.
 */
DBusConnection *cbluez_bus_open(
  const char *address, char *name, size_t name_size, char *message, size_t message_size);

/*
 * Controllers and the kernel (host.c). An address is six bytes as HCI has them: the last octet of the text first.
 * Every function returns >= 0 or -errno.
 */

/* N of the adapter hciN with this address; -ENODEV when there is none. */
int cbluez_adapter_index(const uint8_t address[6]);

/*
 * Sends one HCI command to hciN and waits for its Command Complete event; returns the size of the answer, which begins
 * with the HCI status. No other event reaches this process, so none that carries a key. -EIO when the controller
 * refused the command, -ETIMEDOUT when it did not answer in time. Needs CAP_NET_RAW for commands that change something.
 */
ssize_t cbluez_hci_command(
  int index, uint16_t opcode, const uint8_t *parameters, size_t size, uint8_t *answer, size_t capacity, int timeout_ms);

/*
 * A socket that hears of the links of hciN, not blocking: the controller's own events Connection Complete, Disconnection
 * Complete and Authentication Complete, as packets of HCI. The kernel keeps every other packet away from it, so none that
 * carries a key arrives. Such a socket takes no capability.
 */
int cbluez_link_events_open(int index);
/* One packet; 0 when it was of a kind that is not to be handed on. */
ssize_t cbluez_link_events_receive(int fd, uint8_t *packet, size_t capacity);
/* The handle of the BR/EDR link with this address, where one is up; -ENOENT when there is none. */
int cbluez_link_handle(int fd, const uint8_t address[6]);

/*
 * A socket to the kernel's management interface (mgmt), not blocking. Without CAP_NET_ADMIN it opens all the same, for
 * harmless questions, and never hears of a link. The kernel hands it answers to its own commands and the events of links
 * (connected, disconnected, connect failed, authentication failed), and nothing else: no key ever arrives.
 */
int cbluez_management_open(void);
int cbluez_management_send(int fd, const uint8_t *packet, size_t size);
/* One packet; 0 when it was of a kind that is not to be handed on. */
ssize_t cbluez_management_receive(int fd, uint8_t *packet, size_t capacity);

/* Overwrites memory that held something confidential; the compiler does not leave it out. */
void cbluez_wipe(void *memory, size_t size);
#endif
