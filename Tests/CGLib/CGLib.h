/* The flags of the library come from pkg-config; see module.modulemap. */
#include <glib.h>
