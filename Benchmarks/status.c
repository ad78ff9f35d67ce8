/* The least a program can do for `mdrctl status`: one call on the socket, one reply, printed as it came. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void) {
  static const char call[] = "{\"method\":\"org.mdrctl.Control.Status\"}";
  static char buffer[1 << 20];
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *path = getenv("MDRCTL_SOCKET");
  size_t length = 0;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path ? path : "/run/mdrctl/mdrctl.sock");
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) return 1;
  if (write(fd, call, sizeof call) != (ssize_t)sizeof call) return 1;
  while (length < sizeof buffer) {
    ssize_t count = read(fd, buffer + length, sizeof buffer - length);
    if (count <= 0) return 1;
    length += (size_t)count;
    if (memchr(buffer + length - count, 0, (size_t)count)) break;
  }
  puts(buffer);
  return strstr(buffer, "\"error\"") != NULL;
}
