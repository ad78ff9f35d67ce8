/*
 * The C libraries that reach BlueZ, as Swift sees them: libdbus-1 (the bus) and libbluetooth (addresses, company
 * names). Swift cannot import libdbus's character-cast macros, so they are named again here.
 */
#ifndef CBLUEZ_H
#define CBLUEZ_H
#include <dbus/dbus.h>
#include <stddef.h>
#include <stdint.h>

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
#endif
