#include "CBlueZ.h"

#include <bluetooth/bluetooth.h>
#include <stdio.h>

const char *cbluez_company_name(uint16_t identifier) { return bt_compidtostr(identifier); }

DBusConnection *cbluez_bus_open(
  const char *address, char *name, size_t name_size, char *message, size_t message_size) {
  DBusError error = DBUS_ERROR_INIT;
  DBusConnection *connection = dbus_connection_open_private(address, &error);
  if (connection == NULL) {
    snprintf(name, name_size, "%s", error.name);
    snprintf(message, message_size, "%s", error.message);
    dbus_error_free(&error);
  }
  return connection;
}
