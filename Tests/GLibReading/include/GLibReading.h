#pragma once
#include <stddef.h>

/* What GLib makes of a key file, as a text that a test can compare, in lines:
 *
 *   refused CODE                             or "read"; the code is a GKeyFileError
 *   group NAME                               each once, in the order of the file
 *   key NAME VALUE string integer list       each once, what follows belongs to the group
 *
 * Texts are in hexadecimal. What GLib refuses to give is "-". The text is the caller's to free(3). */
char *glib_reading(const char *bytes, size_t size);
