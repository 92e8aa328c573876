/* Who speaks: what the kernel says of the caller decides, never the caller
 * alone. */
#ifndef CLIENT_SHELL_WHO_H
#define CLIENT_SHELL_WHO_H

#include "client/shell/site_conf.h"
#include "common/net/local.h"

struct okr_speaking {
    const struct okr_space *space; /* where persons are looked up */
    const struct okr_site_settings *settings;
    uint32_t own_uid; /* the daemon's */
};

/* Root and the daemon's own user may say `--as MAIL`. */
bool okr_who_is_trusted(const struct okr_speaking *ground,
                        const struct okr_caller *caller);
/* The person who speaks; a zero id: nobody in particular.  A snag when he is
 * not known here, or `as_mail` is not the caller's to say. */
OKR_MUST_USE enum okr_err okr_who_speaks(const struct okr_speaking *ground,
                                         const struct okr_caller *caller,
                                         struct okr_slice as_mail,
                                         struct okr_id *ret_person,
                                         struct okr_snag *snag);
/* The key with these 32 bytes, as hex digits; a snag if there is none. */
OKR_MUST_USE enum okr_err okr_who_key(const struct okr_space *space,
                                      struct okr_slice hex,
                                      struct okr_record **ret_key,
                                      struct okr_snag *snag);
/* The person whose active key this is; a snag also if it is not active. */
OKR_MUST_USE enum okr_err okr_who_has_key(const struct okr_space *space,
                                          struct okr_slice hex,
                                          struct okr_id *ret_person,
                                          struct okr_snag *snag);
/* A snag if it is nobody. */
void okr_who_needed(const struct okr_id *person, struct okr_snag *snag);

#endif
