#include "GLibReading.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static void put_hexadecimal(GString *out, const char *text) {
  for (; *text; text++) g_string_append_printf(out, "%02x", (unsigned char)*text);
}

static void put_key(GString *out, GKeyFile *file, const char *group, const char *key) {
  g_string_append(out, "key ");
  put_hexadecimal(out, key);

  char *value = g_key_file_get_value(file, group, key, NULL);
  g_string_append(out, " value:");
  put_hexadecimal(out, value ? value : "");
  g_free(value);

  /* With an error GLib may give something all the same: it is none. */
  GError *error = NULL;
  char *string = g_key_file_get_string(file, group, key, &error);
  g_string_append(out, " string:");
  if (error) g_string_append_c(out, '-'); else put_hexadecimal(out, string);
  g_clear_error(&error);
  g_free(string);

  int integer = g_key_file_get_integer(file, group, key, &error);
  g_string_append(out, " integer:");
  if (error) g_string_append_c(out, '-'); else g_string_append_printf(out, "%d", integer);
  g_clear_error(&error);

  char **list = g_key_file_get_string_list(file, group, key, NULL, &error);
  g_string_append(out, " list:");
  if (error) g_string_append_c(out, '-');
  for (char **item = list; !error && item && *item; item++) {
    put_hexadecimal(out, *item);
    g_string_append_c(out, ',');
  }
  g_clear_error(&error);
  g_strfreev(list);
  g_string_append_c(out, '\n');
}

static void put_group(GString *out, GKeyFile *file, const char *group) {
  g_string_append(out, "group ");
  put_hexadecimal(out, group);
  g_string_append_c(out, '\n');
  char **keys = g_key_file_get_keys(file, group, NULL, NULL);
  for (char **key = keys; key && *key; key++) {
    /* One that is there several times is listed as often. */
    int is_new = 1;
    for (char **earlier = keys; earlier < key; earlier++) is_new &= strcmp(*earlier, *key) != 0;
    if (is_new) put_key(out, file, group, *key);
  }
  g_strfreev(keys);
}

char *glib_reading(const char *bytes, size_t size) {
  GString *out = g_string_new(NULL);
  GKeyFile *file = g_key_file_new();
  GError *error = NULL;
  /* Without the flag, keys for other languages than the environment's are dropped. */
  if (g_key_file_load_from_data(file, bytes, size, G_KEY_FILE_KEEP_TRANSLATIONS, &error))
    g_string_append(out, "read\n");
  else
    g_string_append_printf(out, "refused %d\n", error->code);
  g_clear_error(&error);
  char **groups = g_key_file_get_groups(file, NULL);
  for (char **group = groups; *group; group++) put_group(out, file, *group);
  g_strfreev(groups);
  g_key_file_free(file);
  char *text = strdup(out->str);
  g_string_free(out, TRUE);
  return text;
}
