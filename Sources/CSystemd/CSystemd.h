/* The flags of the library come from pkg-config; see module.modulemap. */
#include <systemd/sd-daemon.h>
#include <systemd/sd-hwdb.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-login.h>
