#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

_Static_assert(
    CLINUX_IN == EPOLLIN && CLINUX_OUT == EPOLLOUT && CLINUX_ERR == EPOLLERR && CLINUX_HUP == EPOLLHUP, "epoll bits");
_Static_assert(CLINUX_IN == POLLIN && CLINUX_OUT == POLLOUT && CLINUX_ERR == POLLERR && CLINUX_HUP == POLLHUP, "poll bits");

#define RESULT(x)                                                                                                      \
  ({                                                                                                                   \
    __typeof__(x) result_ = (x);                                                                                       \
    result_ < 0 ? -errno : result_;                                                                                    \
  })
#define RETRY(x)                                                                                                       \
  ({                                                                                                                   \
    __typeof__(x) retried_;                                                                                            \
    do                                                                                                                 \
      retried_ = (x);                                                                                                  \
    while (retried_ < 0 && errno == EINTR);                                                                            \
    retried_ < 0 ? -errno : retried_;                                                                                  \
  })

int clinux_epoll_create(void) { return RESULT(epoll_create1(EPOLL_CLOEXEC)); }

static int epoll_set(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data.u64 = token};
  return RESULT(epoll_ctl(epoll, operation, fd, &event));
}
int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token) {
  return epoll_set(epoll, EPOLL_CTL_ADD, fd, events, token);
}
int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token) {
  return epoll_set(epoll, EPOLL_CTL_MOD, fd, events, token);
}
int clinux_epoll_remove(int epoll, int fd) { return epoll_set(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int clinux_epoll_wait(int epoll, struct clinux_event *out, int max, int timeout_ms) {
  struct epoll_event events[64];
  if (max > 64) max = 64;
  int count = RETRY(epoll_wait(epoll, events, max, timeout_ms));
  for (int i = 0; i < count; i++) {
    out[i].token = events[i].data.u64;
    out[i].events = events[i].events;
  }
  return count;
}

int clinux_poll(int fd, uint32_t events, int timeout_ms) {
  struct pollfd entry = {.fd = fd, .events = (short)events};
  int count = RESULT(poll(&entry, 1, timeout_ms));
  return count > 0 ? entry.revents : count;
}

int clinux_eventfd(void) { return RESULT(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }
int clinux_eventfd_signal(int fd) { return RESULT(eventfd_write(fd, 1)); }
int clinux_eventfd_clear(int fd) {
  eventfd_t value;
  return RESULT(eventfd_read(fd, &value));
}

int clinux_timerfd(void) { return RESULT(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)); }
int clinux_timerfd_arm(int fd, int64_t delay_ns) {
  struct itimerspec spec = {0};
  if (delay_ns == 0) delay_ns = 1; /* zero would disarm */
  if (delay_ns > 0) {
    spec.it_value.tv_sec = delay_ns / 1000000000;
    spec.it_value.tv_nsec = delay_ns % 1000000000;
  }
  return RESULT(timerfd_settime(fd, 0, &spec, NULL));
}

static void signal_set(uint64_t mask, sigset_t *set) {
  sigemptyset(set);
  for (int number = 1; number < 64; number++)
    if (mask >> number & 1) sigaddset(set, number);
}
int clinux_signal_is_ignored(int number) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) < 0) return -errno;
  return !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_IGN;
}
int clinux_signalfd(uint64_t mask) {
  sigset_t set;
  for (int number = 1; number < 64; number++)
    if (mask >> number & 1 && clinux_signal_is_ignored(number) > 0) mask &= ~(UINT64_C(1) << number);
  signal_set(mask, &set);
  if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
  return RESULT(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}
int clinux_signalfd_read(int fd) {
  struct signalfd_siginfo info;
  ssize_t count = RETRY(read(fd, &info, sizeof info));
  return count < 0 ? (int)count : (int)info.ssi_signo;
}
int clinux_signals_unblock(uint64_t mask) {
  sigset_t set;
  signal_set(mask, &set);
  return RESULT(sigprocmask(SIG_UNBLOCK, &set, NULL));
}

int clinux_socketpair(int out[2]) {
  return RESULT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, out));
}

static int unix_address(const char *path, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address->sun_path) return -ENAMETOOLONG;
  strcpy(address->sun_path, path);
  return 0;
}
int clinux_listen(const char *path, int backlog, unsigned mode) {
  struct sockaddr_un address;
  int error = unix_address(path, &address);
  if (error < 0) return error;
  int fd = RESULT(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd < 0) return fd;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(path, mode) < 0 || listen(fd, backlog) < 0) {
    error = -errno;
    close(fd);
    return error;
  }
  return fd;
}
int clinux_connect(const char *path, int blocking) {
  struct sockaddr_un address;
  int error = unix_address(path, &address);
  if (error < 0) return error;
  int fd = RESULT(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK), 0));
  if (fd < 0) return fd;
  error = RETRY(connect(fd, (struct sockaddr *)&address, sizeof address));
  if (error < 0) {
    close(fd);
    return error;
  }
  return fd;
}
int clinux_accept(int fd) { return RETRY(accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)); }
int clinux_set_nonblocking(int fd, int on) {
  int flags = RESULT(fcntl(fd, F_GETFL));
  if (flags < 0) return flags;
  return RESULT(fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}
int clinux_is_unix_listener(int fd) {
  int listening = 0, type = 0;
  struct sockaddr_un address;
  socklen_t size = sizeof listening;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0) return -errno;
  size = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) return -errno;
  size = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &size) < 0) return -errno;
  return listening && type == SOCK_STREAM && address.sun_family == AF_UNIX;
}

int clinux_peer_credentials(int fd, struct clinux_peer *out) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return -errno;
  out->pid = credentials.pid;
  out->uid = credentials.uid;
  out->gid = credentials.gid;
  return 0;
}
int clinux_peer_groups(int fd, uint32_t *out, int max) {
  _Static_assert(sizeof(gid_t) == sizeof(uint32_t), "a group is 32 bits");
  socklen_t size = (socklen_t)max * sizeof *out;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, out, &size) < 0) return -errno;
  return (int)(size / sizeof *out);
}

int clinux_inotify(void) { return RESULT(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)); }
int clinux_directory_watch(int fd, const char *directory) {
  const uint32_t mask = IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  return RESULT(inotify_add_watch(fd, directory, mask));
}
void clinux_directory_forget(int fd, int watch) { inotify_rm_watch(fd, watch); }
int clinux_directory_has_changed(int fd, int watch, const char *name) {
  char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
  int changed = 0;
  ssize_t count;
  while ((count = RETRY(read(fd, buffer, sizeof buffer))) > 0) {
    for (const char *at = buffer; at < buffer + count;) {
      const struct inotify_event *event = (const struct inotify_event *)at;
      at += sizeof *event + event->len;
      if (event->mask & IN_Q_OVERFLOW) changed = 1;
      if (event->wd != watch) continue;
      /* An event without a name is about the directory. */
      if (event->len == 0 || strcmp(event->name, name) == 0) changed = 1;
    }
  }
  return changed;
}

ssize_t clinux_read(int fd, void *buffer, size_t size) { return RETRY(read(fd, buffer, size)); }
ssize_t clinux_write(int fd, const void *buffer, size_t size) { return RETRY(write(fd, buffer, size)); }
ssize_t clinux_send(int fd, const void *buffer, size_t size) { return RETRY(send(fd, buffer, size, MSG_NOSIGNAL)); }
int clinux_shutdown(int fd) { return RESULT(shutdown(fd, SHUT_RDWR)); }
int clinux_close(int fd) { return RESULT(close(fd)); }
/* Asked with every job and every signal; no thread here outlives a fork. */
int clinux_gettid(void) {
  static _Thread_local int identifier;
  if (identifier == 0) identifier = gettid();
  return identifier;
}
void clinux_release_memory(void) { malloc_trim(0); }
int clinux_terminal_columns(int fd) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -errno;
  return size.ws_col;
}
static locale_t utf8;
static void load_utf8(void) { utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL); }
int clinux_character_columns(uint32_t character) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load_utf8);
  if (!utf8) return -ENOENT;
  locale_t before = uselocale(utf8);
  int columns = wcwidth((wchar_t)character);
  uselocale(before);
  return columns < 0 ? -EILSEQ : columns;
}
int clinux_occupy_standard_descriptors(void) {
  for (int fd = 0; fd <= 2; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    /* The lowest free number is this one. Opened for the other direction: EBADF, as of a closed one. */
    int opened = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
    if (opened < 0) return -errno;
  }
  return 0;
}

int clinux_spawn(const char *words, size_t length, int stream) {
  size_t count = 0;
  for (size_t at = 0; at < length; at++) count += words[at] == 0;
  if (count == 0 || words[length - 1] != 0) return -EINVAL;
  char **list = calloc(count + 1, sizeof *list);
  if (!list) return -ENOMEM;
  for (size_t at = 0, number = 0; at < length; at += strlen(words + at) + 1) list[number++] = (char *)words + at;
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  int failure = 0;
  for (int fd = STDIN_FILENO; stream >= 0 && fd <= STDOUT_FILENO && !failure; fd++)
    failure = posix_spawn_file_actions_adddup2(&streams, stream, fd);
  pid_t process;
  if (!failure) failure = posix_spawnp(&process, list[0], &streams, &attributes, list, environ);
  posix_spawn_file_actions_destroy(&streams);
  posix_spawnattr_destroy(&attributes);
  free(list);
  return failure ? -failure : process;
}
int clinux_stream_pair(int ends[2]) { return RESULT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)); }
int clinux_stream_send(int stream, const void *bytes, size_t length) {
  return (int)RETRY(send(stream, bytes, length, MSG_NOSIGNAL));
}
int clinux_process_descriptor(int process) { return (int)RESULT(syscall(SYS_pidfd_open, process, 0)); }
int clinux_process_wait(int process) {
  int status;
  int result = RETRY(waitpid(process, &status, 0));
  if (result < 0) return result;
  return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

int clinux_forbid_dumps(void) { return RESULT(prctl(PR_SET_DUMPABLE, 0)); }
