/*
 * What Swift's Glibc module cannot see of Linux: epoll, eventfd, timerfd, signalfd, accept4, peer credentials.
 * Every function returns >= 0 or -errno; nothing here reads errno afterwards. GNU features stay in the .c file:
 * _GNU_SOURCE in a header breaks clang's module build.
 */
#ifndef CLINUX_H
#define CLINUX_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct clinux_event {
  uint64_t token;
  uint32_t events;
};
enum { CLINUX_IN = 0x001, CLINUX_OUT = 0x004, CLINUX_ERR = 0x008, CLINUX_HUP = 0x010 };

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token);
int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token);
int clinux_epoll_remove(int epoll, int fd);
int clinux_epoll_wait(int epoll, struct clinux_event *out, int max, int timeout_ms);
/* Waits for one descriptor; 0 on time-out, else the ready events. timeout_ms < 0 waits for ever. */
int clinux_poll(int fd, uint32_t events, int timeout_ms);

int clinux_eventfd(void);
int clinux_eventfd_signal(int fd);
int clinux_eventfd_clear(int fd);

/* A timer on CLOCK_BOOTTIME, which goes on while the machine is suspended, as Swift's ContinuousClock does. */
int clinux_timerfd(void);
int clinux_timerfd_arm(int fd, int64_t delay_ns); /* < 0 disarms */

/* Blocks the signals of the bit mask (bit n is signal n) for the process and returns a descriptor that reads them. One
   that is ignored, as nohup(1) and shells have it, stays so: blocked, it would be kept and read. */
int clinux_signalfd(uint64_t mask);
/* 1 when the process ignores the signal. */
int clinux_signal_is_ignored(int number);
/* The next signal's number, or -EAGAIN. */
int clinux_signalfd_read(int fd);
/* Lets the signals of the bit mask through again, in a child before it executes a program. */
int clinux_signals_unblock(uint64_t mask);

int clinux_socketpair(int out[2]);
/* A stream socket bound to the path and listening; the file gets the mode. */
int clinux_listen(const char *path, int backlog, unsigned mode);
/* A stream socket connected to the path. It blocks, also here while the listener's queue is full; or it does not, and a
   full queue is -EAGAIN. */
int clinux_connect(const char *path, int blocking);
int clinux_accept(int fd);
int clinux_set_nonblocking(int fd, int on);
/* 1 when the descriptor is a listening stream socket of the Unix family. */
int clinux_is_unix_listener(int fd);

struct clinux_peer {
  int32_t pid;
  uint32_t uid;
  uint32_t gid;
};
/* SO_PEERCRED: who connected. */
int clinux_peer_credentials(int fd, struct clinux_peer *out);
/* SO_PEERGROUPS: the peer's supplementary groups; the number written, or -ERANGE when max is too small. */
int clinux_peer_groups(int fd, uint32_t *out, int max);

/* A descriptor that is readable when a file appears in a directory it watches, or the directory itself goes away. */
int clinux_inotify(void);
/* The number of the watch, the same for a directory that is watched already. */
int clinux_directory_watch(int fd, const char *directory);
void clinux_directory_forget(int fd, int watch);
/* Takes what has happened; 1 when the file of this name has appeared, or the directory is not the same any more. */
int clinux_directory_has_changed(int fd, int watch, const char *name);

ssize_t clinux_read(int fd, void *buffer, size_t size);
ssize_t clinux_write(int fd, const void *buffer, size_t size);
/* Like clinux_write on a socket, but a vanished peer is -EPIPE and never the signal. */
ssize_t clinux_send(int fd, const void *buffer, size_t size);
/* Ends a connection for everybody who holds the socket, and not only for this descriptor. */
int clinux_shutdown(int fd);
int clinux_close(int fd);
int clinux_gettid(void);
/* Gives memory that is free back to the system. */
void clinux_release_memory(void);
/* Columns of the terminal, or -errno. */
int clinux_terminal_columns(int fd);
/* Columns that a terminal takes for the character, by the C library's tables whatever the locale is; or -errno. */
int clinux_character_columns(uint32_t character);
/* Occupies those of the descriptors 0 to 2 that are closed, so that nothing opened later is taken for them; using one
   fails as it did before. */
int clinux_occupy_standard_descriptors(void);
/* Runs a program that is found by PATH, beside this process: on the same standard streams, in the same group of processes,
   and with no signal blocked. With a stream of 0 or more, that is its standard input and output. The words, the program's
   name the first, each end with a NUL. Its process number; -ENOENT where there is no such program. */
int clinux_spawn(const char *words, size_t length, int stream);
/* Ends of a connection for one stream to another process, closed in programs that are run; or -errno. */
int clinux_stream_pair(int ends[2]);
/* Sends without a signal where nobody reads any more. */
int clinux_stream_send(int stream, const void *bytes, size_t length);
/* A descriptor that is readable when the process has ended. */
int clinux_process_descriptor(int process);
/* Waits for the end of a child: its exit status, or 256 and the number of the signal that ended it. */
int clinux_process_wait(int process);
/* No core dump and no tracer may read this process's memory. */
int clinux_forbid_dumps(void);
#endif
