/*
 * libpulse, the client library of PulseAudio that PipeWire serves as well, as Swift sees it: its asynchronous calls. Swift
 * cannot import what is a cast or a macro of its own name there, so that is named again here.
 */
#ifndef CPULSE_H
#define CPULSE_H
#include <pulse/context.h>
#include <pulse/error.h>
#include <pulse/introspect.h>
#include <pulse/mainloop-api.h>
#include <pulse/operation.h>
#include <pulse/proplist.h>
#include <pulse/subscribe.h>
#include <stdint.h>

/* "None" where an index is expected. */
static const uint32_t CPULSE_NO_INDEX = UINT32_MAX;

/* States of a context that matter here. */
enum {
  CPULSE_READY = PA_CONTEXT_READY,
  CPULSE_FAILED = PA_CONTEXT_FAILED,
  CPULSE_TERMINATED = PA_CONTEXT_TERMINATED,
};

/* Errors that matter here. */
enum {
  CPULSE_REFUSED = PA_ERR_CONNECTIONREFUSED,
  CPULSE_ENDED = PA_ERR_CONNECTIONTERMINATED,
  CPULSE_INTERNAL = PA_ERR_INTERNAL,
};

/* What a descriptor is ready for. */
enum {
  CPULSE_INPUT = PA_IO_EVENT_INPUT,
  CPULSE_OUTPUT = PA_IO_EVENT_OUTPUT,
  CPULSE_HANGUP = PA_IO_EVENT_HANGUP,
  CPULSE_ERROR = PA_IO_EVENT_ERROR,
};

/* A context on a loop, not connected. A server learns that it is from this program, and shares no memory with it. */
pa_context *cpulse_context_new(pa_mainloop_api *loop, const char *name, const char *identifier);

/*
 * Connects to the server that libpulse finds by itself, or to the one named. Nobody is started. What becomes of it is told
 * by the state; < 0 when it has failed already.
 */
int cpulse_context_connect(pa_context *context, const char *server);

/* Asks for the events that the next three look at. */
pa_operation *cpulse_subscribe(pa_context *context);

/*
 * Whether an event says that cards, sinks, sources, recording streams or the default sink are not what they were. Volumes
 * are of no interest, but no event tells a sink's volume from its state.
 */
int cpulse_is_change(pa_subscription_event_type_t event);
/* Whether a program has connected, or left. */
int cpulse_client_came(pa_subscription_event_type_t event);
int cpulse_client_left(pa_subscription_event_type_t event);

/* Microseconds from now until a time of the wall clock, which is what libpulse sets its timers by; 0 when it has passed. */
int64_t cpulse_delay_us(const struct timeval *time);
#endif
