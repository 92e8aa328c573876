/* What `status` says, as JSON. */
#ifndef CLIENT_SHELL_STATUS_H
#define CLIENT_SHELL_STATUS_H

#include "client/core/site.h"
#include "common/base/json.h"

struct okr_status {
    struct okr_site_state state;
    okr_us now; /* the server's time, as far as it is known */
    uint64_t conflicts, refused;
    struct okr_id site;
    struct okr_slice name;       /* of the site */
    struct okr_slice org;        /* name of the company; empty: not known yet */
    struct okr_slice person;     /* mail of who asks; empty: nobody */
    uint64_t owed;               /* how much who asks owes */
    struct okr_slice alerts;     /* JSON array: the first of it */
    struct okr_slice trouble[3]; /* beside the core's alarms; may be empty */
};

const char *okr_status_link(enum okr_link link); /* "catching_up" */
void okr_status_write(const struct okr_status *status, struct okr_json *out);

#endif
