/* The commands of okr-site; each returns the exit code: 0 done, 1 refused or
 * failed, 2 usage. */
#ifndef CLIENT_SHELL_COMMANDS_H
#define CLIENT_SHELL_COMMANDS_H

#include <stdbool.h>

struct okr_site_options {
    const char *dir;
    const char *token;  /* join */
    const char *config; /* run; NULL: DIR/site.conf, if it is there */
    bool json;
    bool check_config; /* run: only reads the settings */
    bool debug;        /* run: the core's trace on stderr */
};

int okr_site_cmd_join(const struct okr_site_options *options);
int okr_site_cmd_run(const struct okr_site_options *options);
int okr_site_cmd_status(const struct okr_site_options *options);
int okr_site_cmd_check(const struct okr_site_options *options);

#endif
