/*
 * What a C program needs to know BlueZ's objects: connect, GetManagedObjects, walk every value, build nothing.
 * With "signals N" it goes on and walks every PropertiesChanged until N have come, then prints the CPU time they took
 * in microseconds.
 */
#include <dbus/dbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static unsigned long walk(DBusMessageIter *at) {
  unsigned long values = 0;
  int type;
  for (; (type = dbus_message_iter_get_arg_type(at)) != DBUS_TYPE_INVALID; dbus_message_iter_next(at)) {
    if (dbus_type_is_container(type)) {
      DBusMessageIter inner;
      dbus_message_iter_recurse(at, &inner);
      values += walk(&inner);
    } else {
      DBusBasicValue value;
      dbus_message_iter_get_basic(at, &value);
      values++;
    }
  }
  return values;
}

static double cpu_microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
  DBusError error = DBUS_ERROR_INIT;
  DBusConnection *bus = dbus_bus_get(DBUS_BUS_SYSTEM, &error);
  if (!bus) return fprintf(stderr, "%s\n", error.message), 1;
  dbus_bus_add_match(bus, "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.Properties'", &error);
  DBusMessage *call = dbus_message_new_method_call(
      "org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects");
  DBusMessage *reply = dbus_connection_send_with_reply_and_block(bus, call, 25000, &error);
  if (!reply) return fprintf(stderr, "%s\n", error.message), 1;
  DBusMessageIter body;
  dbus_message_iter_init(reply, &body);
  unsigned long values = walk(&body);
  dbus_message_unref(reply);
  if (argc < 3 || strcmp(argv[1], "signals")) return printf("%lu\n", values), 0;

  long wanted = atol(argv[2]), seen = 0;
  printf("ready\n");
  fflush(stdout);
  double before = 0;
  while (seen < wanted && dbus_connection_read_write(bus, -1)) {
    DBusMessage *signal;
    while ((signal = dbus_connection_pop_message(bus))) {
      if (dbus_message_is_signal(signal, "org.freedesktop.DBus.Properties", "PropertiesChanged")) {
        if (!seen++) before = cpu_microseconds();
        dbus_message_iter_init(signal, &body);
        values += walk(&body);
      }
      dbus_message_unref(signal);
    }
  }
  printf("%.0f %lu\n", cpu_microseconds() - before, values);
  return 0;
}
