#include "CPulse.h"

#include <pulse/timeval.h>

pa_context *cpulse_context_new(pa_mainloop_api *loop, const char *name, const char *identifier) {
  pa_proplist *properties = pa_proplist_new();
  if (properties == NULL) return NULL;
  pa_proplist_sets(properties, PA_PROP_APPLICATION_NAME, name);
  pa_proplist_sets(properties, PA_PROP_APPLICATION_ID, identifier);
  /* Shared memory is for sound; without it nothing but the socket is mapped or watched. */
  pa_proplist_sets(properties, PA_PROP_CONTEXT_FORCE_DISABLE_SHM, "1");
  pa_context *context = pa_context_new_with_proplist(loop, name, properties);
  pa_proplist_free(properties);
  return context;
}

int cpulse_context_connect(pa_context *context, const char *server) {
  return pa_context_connect(context, server, PA_CONTEXT_NOAUTOSPAWN, NULL);
}

pa_operation *cpulse_subscribe(pa_context *context) {
  const pa_subscription_mask_t mask = PA_SUBSCRIPTION_MASK_CARD | PA_SUBSCRIPTION_MASK_SINK | PA_SUBSCRIPTION_MASK_SOURCE |
                                      PA_SUBSCRIPTION_MASK_SOURCE_OUTPUT | PA_SUBSCRIPTION_MASK_SINK_INPUT | PA_SUBSCRIPTION_MASK_CLIENT |
                                      PA_SUBSCRIPTION_MASK_SERVER;
  return pa_context_subscribe(context, mask, NULL, NULL);
}

int cpulse_is_change(pa_subscription_event_type_t event) {
  switch (event & PA_SUBSCRIPTION_EVENT_FACILITY_MASK) {
  case PA_SUBSCRIPTION_EVENT_SOURCE:
    return (event & PA_SUBSCRIPTION_EVENT_TYPE_MASK) != PA_SUBSCRIPTION_EVENT_CHANGE;
  case PA_SUBSCRIPTION_EVENT_CLIENT:
    return 0;
  default:
    return 1;
  }
}

int cpulse_client_came(pa_subscription_event_type_t event) {
  return event == (PA_SUBSCRIPTION_EVENT_CLIENT | PA_SUBSCRIPTION_EVENT_NEW);
}

int cpulse_client_left(pa_subscription_event_type_t event) {
  return event == (PA_SUBSCRIPTION_EVENT_CLIENT | PA_SUBSCRIPTION_EVENT_REMOVE);
}

int64_t cpulse_delay_us(const struct timeval *time) {
  struct timeval now;
  pa_gettimeofday(&now);
  return pa_timeval_cmp(time, &now) > 0 ? (int64_t)pa_timeval_diff(time, &now) : 0;
}
