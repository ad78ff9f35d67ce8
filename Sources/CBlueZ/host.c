/* Controllers (HCI, through libbluetooth) and the kernel's management interface. */
#include "CBlueZ.h"

#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/hci_lib.h>
#include <errno.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int cbluez_adapter_index(const uint8_t address[6]) {
  union {
    struct hci_dev_list_req list;
    uint8_t room[sizeof(struct hci_dev_list_req) + HCI_MAX_DEV * sizeof(struct hci_dev_req)];
  } request = {.list = {.dev_num = HCI_MAX_DEV}};
  int fd = socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC, BTPROTO_HCI);
  if (fd < 0) return -errno;
  int result = ioctl(fd, HCIGETDEVLIST, &request) < 0 ? -errno : -ENODEV;
  for (int i = 0; result == -ENODEV && i < request.list.dev_num; i++) {
    struct hci_dev_info info = {.dev_id = request.list.dev_req[i].dev_id};
    /* One that was unplugged meanwhile is no reason to give up. */
    if (ioctl(fd, HCIGETDEVINFO, &info) == 0 && memcmp(&info.bdaddr, address, sizeof info.bdaddr) == 0)
      result = info.dev_id;
  }
  close(fd);
  return result;
}

ssize_t cbluez_hci_command(
  int index, uint16_t opcode, const uint8_t *parameters, size_t size, uint8_t *answer, size_t capacity,
  int timeout_ms) {
  int device = hci_open_dev(index);
  if (device < 0) return -errno;
  struct hci_request request = {
    .ogf = opcode >> 10,
    .ocf = opcode & 0x3ff,
    /* With it libbluetooth asks the kernel for Command Complete and Command Status only. */
    .event = EVT_CMD_COMPLETE,
    .cparam = (void *)parameters,
    .clen = (int)size,
    .rparam = answer,
    .rlen = (int)capacity,
  };
  ssize_t result = hci_send_req(device, &request, timeout_ms) < 0 ? -errno : request.rlen;
  close(device);
  return result;
}

static const uint8_t link_events[] = {EVT_CONN_COMPLETE, EVT_DISCONN_COMPLETE, EVT_AUTH_COMPLETE};

int cbluez_link_events_open(int index) {
  int fd = socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, BTPROTO_HCI);
  if (fd < 0) return -errno;
  struct hci_filter filter;
  hci_filter_clear(&filter);
  hci_filter_set_ptype(HCI_EVENT_PKT, &filter);
  for (size_t i = 0; i < sizeof link_events; i++) hci_filter_set_event(link_events[i], &filter);
  struct sockaddr_hci address = {
    .hci_family = AF_BLUETOOTH, .hci_dev = (uint16_t)index, .hci_channel = HCI_CHANNEL_RAW};
  /* The filter first: bound, the socket gets packets at once. */
  if (setsockopt(fd, SOL_HCI, HCI_FILTER, &filter, sizeof filter) < 0 ||
      bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    int error = -errno;
    close(fd);
    return error;
  }
  return fd;
}

static ssize_t receive(int fd, uint8_t *packet, size_t capacity) {
  ssize_t count;
  do
    count = recv(fd, packet, capacity, 0);
  while (count < 0 && errno == EINTR);
  return count < 0 ? -errno : count;
}

ssize_t cbluez_link_events_receive(int fd, uint8_t *packet, size_t capacity) {
  ssize_t count = receive(fd, packet, capacity);
  if (count < 0) return count;
  /* The filter has seen to it; should it ever not, nothing that may hold a key goes further than this. */
  if (count >= HCI_TYPE_LEN + HCI_EVENT_HDR_SIZE && packet[0] == HCI_EVENT_PKT &&
      memchr(link_events, packet[HCI_TYPE_LEN], sizeof link_events))
    return count;
  cbluez_wipe(packet, capacity);
  return 0;
}

int cbluez_link_handle(int fd, const uint8_t address[6]) {
  union {
    struct hci_conn_info_req question;
    uint8_t room[sizeof(struct hci_conn_info_req) + sizeof(struct hci_conn_info)];
  } request = {.question = {.type = ACL_LINK}};
  memcpy(&request.question.bdaddr, address, sizeof request.question.bdaddr);
  if (ioctl(fd, HCIGETCONNINFO, &request) < 0) return -errno;
  return request.question.conn_info[0].handle;
}

/* Of every packet of the management interface; the numbers are little endian. Source: BlueZ's doc/mgmt-api.txt. */
struct management_header {
  uint16_t code;
  uint16_t index;
  uint16_t size;
} __attribute__((packed));

enum {
  COMMAND_COMPLETE = 0x0001,
  COMMAND_STATUS = 0x0002,
  DEVICE_CONNECTED = 0x000b,
  DEVICE_DISCONNECTED = 0x000c,
  CONNECT_FAILED = 0x000d,
  AUTHENTICATION_FAILED = 0x0011,
};

static int is_handed_on(uint16_t code) {
  return code == COMMAND_COMPLETE || code == COMMAND_STATUS || code == DEVICE_CONNECTED ||
         code == DEVICE_DISCONNECTED || code == CONNECT_FAILED || code == AUTHENTICATION_FAILED;
}

/* The kernel loads what a filter compares with as big endian. */
#define SWAPPED(code) (((code) & 0xff) << 8 | (code) >> 8)
#define ACCEPT_IF(code, distance) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SWAPPED(code), (distance), 0)

/* Keeps everything else away from this process, above all New Link Key and its like, which carry keys. */
static int let_in_what_is_handed_on(int fd) {
  struct sock_filter program[] = {
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0),
    ACCEPT_IF(COMMAND_COMPLETE, 6),
    ACCEPT_IF(COMMAND_STATUS, 5),
    ACCEPT_IF(DEVICE_CONNECTED, 4),
    ACCEPT_IF(DEVICE_DISCONNECTED, 3),
    ACCEPT_IF(CONNECT_FAILED, 2),
    ACCEPT_IF(AUTHENTICATION_FAILED, 1),
    BPF_STMT(BPF_RET | BPF_K, 0),
    BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
  };
  struct sock_fprog filter = {.len = sizeof program / sizeof program[0], .filter = program};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

int cbluez_management_open(void) {
  int fd = socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, BTPROTO_HCI);
  if (fd < 0) return -errno;
  struct sockaddr_hci address = {
    .hci_family = AF_BLUETOOTH, .hci_dev = HCI_DEV_NONE, .hci_channel = HCI_CHANNEL_CONTROL};
  /* The filter first: bound, the socket gets events at once. */
  if (let_in_what_is_handed_on(fd) < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    int error = -errno;
    close(fd);
    return error;
  }
  return fd;
}

int cbluez_management_send(int fd, const uint8_t *packet, size_t size) {
  ssize_t count;
  do
    count = send(fd, packet, size, MSG_NOSIGNAL);
  while (count < 0 && errno == EINTR);
  if (count < 0) return -errno;
  return (size_t)count == size ? 0 : -EMSGSIZE;
}

ssize_t cbluez_management_receive(int fd, uint8_t *packet, size_t capacity) {
  ssize_t count = receive(fd, packet, capacity);
  if (count < 0) return count;
  /* The filter has seen to it; should it ever not, nothing that may hold a key goes further than this. */
  if ((size_t)count < sizeof(struct management_header) || !is_handed_on((uint16_t)(packet[0] | packet[1] << 8))) {
    cbluez_wipe(packet, capacity);
    return 0;
  }
  return count;
}

void cbluez_wipe(void *memory, size_t size) { explicit_bzero(memory, size); }
