#include "CMosquitto.h"

#include <errno.h>
#include <mosquitto.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct cmosquitto {
  struct mosquitto *client;
  struct cmosquitto_callbacks callbacks;
  char *host;
  int port;
  int keep_alive;
  /* Readable when connecting is over. */
  int done;
  pthread_t thread;
  bool is_connecting;
  int outcome;
  /* Of the outcome: errno, or what getaddrinfo(3) returned. */
  int error;
  char evidence[256];
};

static void on_connect(struct mosquitto *client, void *context, int code) {
  (void)client;
  cmosquitto *self = context;
  self->callbacks.on_answer(self->callbacks.context, code);
}

static void on_message(struct mosquitto *client, void *context, const struct mosquitto_message *message) {
  (void)client;
  cmosquitto *self = context;
  size_t length = message->payloadlen > 0 ? (size_t)message->payloadlen : 0;
  self->callbacks.on_message(self->callbacks.context, message->topic, message->payload, length, message->retain);
}

/* Also called on the thread that connects; it has ended when the text is read. */
static void on_log(struct mosquitto *client, void *context, int level, const char *text) {
  (void)client;
  cmosquitto *self = context;
  if (level != MOSQ_LOG_ERR || self->evidence[0] != 0) return;
  strncpy(self->evidence, text, sizeof self->evidence - 1);
}

static int set_up(cmosquitto *self, const struct cmosquitto_settings *settings) {
  struct mosquitto *client = self->client;
  int result = mosquitto_will_set(
      client, settings->will_topic, (int)strlen(settings->will_payload), settings->will_payload, 0, true);
  if (result == 0) result = mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
  if (result == 0 && settings->user != NULL)
    result = mosquitto_username_pw_set(client, settings->user, settings->password);
  if (result == 0 && settings->is_encrypted)
    result = settings->authorities != NULL ? mosquitto_tls_set(client, settings->authorities, NULL, NULL, NULL, NULL)
                                           : mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
  return result;
}

/* connect(2) that is interrupted by it gives its address up. */
static void interrupt(int number) { (void)number; }

static void prepare_library(void) {
  mosquitto_lib_init();
  struct sigaction action = {.sa_handler = interrupt};
  sigaction(SIGUSR1, &action, NULL);
}

cmosquitto *cmosquitto_new(
    const struct cmosquitto_settings *settings, const struct cmosquitto_callbacks *callbacks, int *why) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, prepare_library);
  *why = MOSQ_ERR_NOMEM;
  cmosquitto *self = calloc(1, sizeof *self);
  if (self == NULL) return NULL;
  self->callbacks = *callbacks;
  self->port = settings->port;
  self->keep_alive = settings->keep_alive;
  self->host = strdup(settings->host);
  self->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->client = mosquitto_new(settings->identifier, true, self);
  if (self->host != NULL && self->done >= 0 && self->client != NULL) {
    mosquitto_connect_callback_set(self->client, on_connect);
    mosquitto_message_callback_set(self->client, on_message);
    mosquitto_log_callback_set(self->client, on_log);
    *why = set_up(self, settings);
  }
  if (*why == 0) return self;
  cmosquitto_free(self);
  return NULL;
}

void cmosquitto_free(cmosquitto *self) {
  if (self->is_connecting) pthread_join(self->thread, NULL);
  if (self->client != NULL) mosquitto_destroy(self->client);
  if (self->done >= 0) close(self->done);
  free(self->host);
  free(self);
}

static void *connect_to_broker(void *context) {
  cmosquitto *self = context;
  self->outcome = mosquitto_connect(self->client, self->host, self->port, self->keep_alive);
  self->error = errno;
  eventfd_write(self->done, 1);
  return NULL;
}

int cmosquitto_begin(cmosquitto *self) {
  /* getaddrinfo(3) needs some tens of KiB, and modules of the name service more. */
  const size_t stack = 256 * 1024;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  int error = pthread_create(&self->thread, &attributes, connect_to_broker, self);
  pthread_attr_destroy(&attributes);
  if (error != 0) return -error;
  self->is_connecting = true;
  return self->done;
}

void cmosquitto_hasten(cmosquitto *self) {
  if (self->is_connecting) pthread_kill(self->thread, SIGUSR1);
}

int cmosquitto_outcome(cmosquitto *self) {
  if (!self->is_connecting) return MOSQ_ERR_NO_CONN;
  pthread_join(self->thread, NULL);
  self->is_connecting = false;
  eventfd_t value;
  eventfd_read(self->done, &value);
  return self->outcome;
}

int cmosquitto_socket(cmosquitto *self) { return mosquitto_socket(self->client); }
int cmosquitto_wants_to_write(cmosquitto *self) { return mosquitto_want_write(self->client); }
int cmosquitto_read(cmosquitto *self) { return mosquitto_loop_read(self->client, 1); }
int cmosquitto_write(cmosquitto *self) { return mosquitto_loop_write(self->client, 1); }
int cmosquitto_tend(cmosquitto *self) { return mosquitto_loop_misc(self->client); }

int cmosquitto_publish(cmosquitto *self, const char *topic, const void *payload, size_t length, int is_retained) {
  if (length > INT32_MAX) return MOSQ_ERR_PAYLOAD_SIZE;
  return mosquitto_publish(self->client, NULL, topic, (int)length, payload, 0, is_retained != 0);
}
int cmosquitto_subscribe(cmosquitto *self, const char *filter) {
  return mosquitto_subscribe(self->client, NULL, filter, 0);
}
int cmosquitto_unsubscribe(cmosquitto *self, const char *filter) {
  return mosquitto_unsubscribe(self->client, NULL, filter);
}
void cmosquitto_disconnect(cmosquitto *self) { mosquitto_disconnect(self->client); }

const char *cmosquitto_words(cmosquitto *self, int result) {
  if (result == MOSQ_ERR_EAI) return gai_strerror(self->error);
  if (result == MOSQ_ERR_ERRNO) return self->error == EINTR ? strerror(ETIMEDOUT) : strerror(self->error);
  return mosquitto_strerror(result);
}
const char *cmosquitto_answer_words(int code) { return mosquitto_connack_string(code); }
const char *cmosquitto_evidence(cmosquitto *self) { return self->evidence; }
