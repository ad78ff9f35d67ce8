/*
 * libmosquitto, a client of MQTT brokers, as Swift sees it: one connection at a time, on the caller's event loop.
 *
 * All of libmosquitto works without blocking but for the beginning: it looks the broker's name up with getaddrinfo(3), which
 * waits for name servers, and its TCP connections are tried one address after the other only where connect(2) may wait.
 * So that one call runs on a thread, which has ended before anything else is done with the connection.
 */
#ifndef CMOSQUITTO_H
#define CMOSQUITTO_H
#include <stddef.h>

typedef struct cmosquitto cmosquitto;

/* What a connection is made with. The texts are copied. */
struct cmosquitto_settings {
  /* What the broker knows the client by: of two with the same one it ends the older connection. */
  const char *identifier;
  const char *host;
  int port;
  /* NULL: nobody. */
  const char *user;
  const char *password;
  /* Encrypted, with a certificate that names the host and is signed by those in a file, or with NULL by the system's. */
  int is_encrypted;
  const char *authorities;
  /* What the broker publishes, retained, when the connection ends without a word. */
  const char *will_topic;
  const char *will_payload;
  /* Seconds after which either end has to say something. */
  int keep_alive;
};

/* Called from within cmosquitto_read and cmosquitto_write only. */
struct cmosquitto_callbacks {
  void *context;
  /* The broker's answer: 0, or why it refuses (CONNACK). */
  void (*on_answer)(void *context, int code);
  /* The topic ends with a NUL, the payload does not. */
  void (*on_message)(void *context, const char *topic, const void *payload, size_t length, int is_retained);
};

/* A connection that has not begun; NULL when something of the settings cannot be, and then *why is a result. */
cmosquitto *cmosquitto_new(
    const struct cmosquitto_settings *settings, const struct cmosquitto_callbacks *callbacks, int *why);
/* Ends a connection without a word. Waits for a thread that is connecting. */
void cmosquitto_free(cmosquitto *connection);

/* Begins to connect; returns a descriptor that becomes readable when that is over, or -errno. */
int cmosquitto_begin(cmosquitto *connection);
/* Has connecting go on with the host's next address; without another one it is over. A lookup is not disturbed. */
void cmosquitto_hasten(cmosquitto *connection);
/* To be called when it is over: 0 when the broker was reached and is to answer now, or a result. */
int cmosquitto_outcome(cmosquitto *connection);

/* The socket to be watched, or -1; and whether it is to be watched for writing, too. */
int cmosquitto_socket(cmosquitto *connection);
int cmosquitto_wants_to_write(cmosquitto *connection);
/* To be called when it is ready, and when some time has passed: see keep_alive. A result other than 0 is the end. */
int cmosquitto_read(cmosquitto *connection);
int cmosquitto_write(cmosquitto *connection);
int cmosquitto_tend(cmosquitto *connection);

/* At most once, without an acknowledgement (QoS 0). */
int cmosquitto_publish(cmosquitto *connection, const char *topic, const void *payload, size_t length, int is_retained);
int cmosquitto_subscribe(cmosquitto *connection, const char *filter);
int cmosquitto_unsubscribe(cmosquitto *connection, const char *filter);
/* Ends it with a word, so that the will is not published. */
void cmosquitto_disconnect(cmosquitto *connection);

/* What a result means; "" is no result of this library. For those of the system what errno or the lookup said. */
const char *cmosquitto_words(cmosquitto *connection, int result);
/* What the answer of a broker means. */
const char *cmosquitto_answer_words(int code);
/* The first error that the library logged: where TLS failed, OpenSSL's words. "" without any. */
const char *cmosquitto_evidence(cmosquitto *connection);
#endif
