/* The daemon's settings, read through libConfuse:
 *
 *   thin = false              # no broadcast: long polls only
 *   retry_max = "8s"          # most that is waited before dialling again
 *   follow = "summaries"      # or "own": of other roots nothing
 *   pull_min = "15s"          # time-out of a pull, at least
 *   speaks {                  # who speaks for which local user
 *     1000 = "ann@example.com"
 *   }
 *
 * All are optional.  An unknown key is an error. */
#ifndef CLIENT_SHELL_SITE_CONF_H
#define CLIENT_SHELL_SITE_CONF_H

#include "client/shell/snag.h"

struct okr_speaker {
    uint32_t uid;
    struct okr_slice mail;
};

struct okr_site_settings {
    bool thin, all_summaries;
    okr_ms retry_max_ms, pull_min_ms;
    struct okr_speaker *speakers; /* in the arena that it was read into */
    size_t n_speakers;
};

struct okr_site_settings okr_site_settings_default(void);
/* `name` is for messages.  False, and a snag, when anything is wrong. */
bool okr_site_settings_parse(struct okr_slice text, const char *name,
                             struct okr_arena *arena,
                             struct okr_site_settings *ret_settings,
                             struct okr_snag *snag);
/* Reads `path`; NULL: DIR/site.conf, whose absence means the defaults. */
bool okr_site_settings_read(const char *dir, const char *path,
                            struct okr_arena *arena,
                            struct okr_site_settings *ret_settings,
                            struct okr_snag *snag);
/* The mail of who speaks for this user; empty: nobody. */
struct okr_slice
okr_site_settings_speaker(const struct okr_site_settings *settings,
                          uint32_t uid);

#endif
