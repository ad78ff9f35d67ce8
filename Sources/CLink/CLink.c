#include "CLink.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Structures and inline functions only: the client is linked without shared libraries, and few distributions have a static
   libbluetooth. */
#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/hci_lib.h>

/* A controller answers within milliseconds. */
enum { PATIENCE_MS = 1000 };

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* "hci0" is 0; -1 for what is no such name. */
static int number_of(const char *adapter) {
  if (strncmp(adapter, "hci", 3) != 0 || adapter[3] < '0' || adapter[3] > '9') return -1;
  char *end;
  unsigned long number = strtoul(adapter + 3, &end, 10);
  return *end == 0 && number < UINT16_MAX ? (int)number : -1;
}

/* "94:DB:56:00:00:01", which HCI has from the last byte to the first. */
static bool address_of(const char *text, bdaddr_t *address) {
  for (int place = 5; place >= 0; place--) {
    char *end;
    unsigned long byte = strtoul(text, &end, 16);
    if (end != text + 2 || *end != (place > 0 ? ':' : 0)) return false;
    address->b[place] = (uint8_t)byte;
    text = end + 1;
  }
  return true;
}

static int open_controller(int number) {
  int controller = socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC, BTPROTO_HCI);
  if (controller < 0) return -errno;
  struct sockaddr_hci address = {.hci_family = AF_BLUETOOTH, .hci_dev = (uint16_t)number};
  struct hci_filter filter;
  hci_filter_clear(&filter);
  hci_filter_set_ptype(HCI_EVENT_PKT, &filter);
  hci_filter_set_event(EVT_CMD_COMPLETE, &filter);
  if (bind(controller, (struct sockaddr *)&address, sizeof address) < 0 ||
      setsockopt(controller, SOL_HCI, HCI_FILTER, &filter, sizeof filter) < 0) {
    int error = -errno;
    close(controller);
    return error;
  }
  return controller;
}

/* The handle of a link, or -errno. */
static int handle_of(int controller, const bdaddr_t *device) {
  union {
    struct hci_conn_info_req request;
    char room[sizeof(struct hci_conn_info_req) + sizeof(struct hci_conn_info)];
  } answer;
  memset(&answer, 0, sizeof answer);
  answer.request.bdaddr = *device;
  answer.request.type = ACL_LINK;
  if (ioctl(controller, HCIGETCONNINFO, &answer) < 0) return errno == ENOENT ? -ENOTCONN : -errno;
  return answer.request.conn_info->handle;
}

/* Asks a command of status parameters about a link, and returns the byte that is the answer; or -errno. */
static int ask(int controller, uint16_t command, int handle) {
  uint16_t opcode = (uint16_t)cmd_opcode_pack(OGF_STATUS_PARAM, command);
  uint8_t packet[] = {HCI_COMMAND_PKT, (uint8_t)opcode, (uint8_t)(opcode >> 8), 2, (uint8_t)handle, (uint8_t)(handle >> 8)};
  if (write(controller, packet, sizeof packet) < 0) return -errno;

  long long deadline = milliseconds() + PATIENCE_MS;
  for (;;) {
    long long left = deadline - milliseconds();
    struct pollfd readable = {.fd = controller, .events = POLLIN};
    int count = left > 0 ? poll(&readable, 1, (int)left) : 0;
    if (count == 0) return -ETIMEDOUT;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -errno;
    /* Packet type, event, length, packets, opcode, status, handle, value; answers to others come, too. */
    uint8_t event[HCI_MAX_EVENT_SIZE];
    ssize_t size = read(controller, event, sizeof event);
    if (size < 0 && errno != EINTR && errno != EAGAIN) return -errno;
    if (size < 7 || event[1] != EVT_CMD_COMPLETE || (event[4] | event[5] << 8) != opcode) continue;
    if (event[6] != 0) return -EIO;
    if (size < 10 || (event[7] | event[8] << 8) != handle) continue;
    return event[9];
  }
}

int clink_read(const char *adapter, const char *device, int *rssi, int *quality) {
  int number = number_of(adapter);
  bdaddr_t address;
  if (number < 0 || !address_of(device, &address)) return -EINVAL;
  int controller = open_controller(number);
  if (controller < 0) return controller;

  int handle = handle_of(controller, &address);
  int strength = handle < 0 ? handle : ask(controller, OCF_READ_RSSI, handle);
  int rate = strength < 0 ? strength : ask(controller, OCF_READ_LINK_QUALITY, handle);
  close(controller);
  if (rate < 0) return rate;
  *rssi = (int8_t)strength;
  *quality = rate;
  return 0;
}
