/* The server's settings: DIR/server.conf, or the file of --config.
 *
 *   listen = "tcp://0.0.0.0:7801"
 *   publish = "tcp://0.0.0.0:7802"   # default: port 7802 of `listen`
 *   log = "info"                     # "debug": what the core does, too
 *   backup_max_age = "36h"           # status and log complain after that
 *
 * All are optional, an unknown one is an error.  The command line comes
 * before the file. */
#ifndef SERVER_SHELL_SERVER_CONF_H
#define SERVER_SHELL_SERVER_CONF_H

#include "server/shell/endpoint.h"
#include "server/shell/fault.h"

struct okr_server_settings {
    char listen[OKR_ENDPOINT_BYTES]; /* "": not said */
    char publish[OKR_ENDPOINT_BYTES];
    bool debug;
    okr_ms backup_max_age; /* 0: nobody complains */
};

struct okr_server_settings okr_server_settings_default(void);
/* Reads `path`, or DIR/server.conf where there is one.  False, a fault, and
 * nothing set. */
bool okr_server_settings_read(const char *dir, const char *path,
                              struct okr_server_settings *ret_settings,
                              struct okr_fault *fault);

#endif
