/* An empty server begins anew, as the company of an export. */
#ifndef SERVER_SHELL_RENEW_H
#define SERVER_SHELL_RENEW_H

#include "common/import/whole.h"
#include "server/shell/server.h"

/* Clears the store, which holds nothing but what `init` made, and makes it
 * again: the same keys, a new log of a new organisation, with the ids, name
 * and first admin of the export. */
OKR_MUST_USE enum okr_err okr_server_renew(struct okr_server *server,
                                           const struct okr_whole *whole);

#endif
