/* A server as its commands and its daemon have it: keys, store, hub, and who
 * hears of what a turn did. */
#ifndef SERVER_SHELL_SERVER_H
#define SERVER_SHELL_SERVER_H

#include "common/base/arena.h"
#include "server/core/hub_turn.h"
#include "server/shell/folder.h"

#define OKR_STORE_MAP_BYTES ((size_t)16 << 30)

struct okr_server {
    const char *dir; /* borrowed */
    struct okr_keys keys;
    struct okr_kv *kv;
    struct okr_hub *hub;     /* NULL until okr_server_start */
    struct okr_arena *arena; /* of a turn */
    okr_ms backup_max_age;   /* status complains of an older one; 0: never */
    /* What goes out after a turn; NULL: nobody listens. */
    void (*perform)(void *context, const struct okr_fx *fx);
    void *context;
};

/* Opens keys and store; the folder's lock is the caller's matter.  False and
 * a fault when it is no server's store, a newer one, or damaged. */
bool okr_server_open(const char *dir, struct okr_server *ret_server,
                     struct okr_fault *fault);
/* Makes the hub and loads it.  `publish`: port of the PUB endpoint as text,
 * "" where there is none. */
bool okr_server_start(struct okr_server *server, const char *publish,
                      struct okr_fault *fault);
void okr_server_close(struct okr_server *server);

/* A turn.  Ends the process when the outcome of the commit is unknown: only
 * reading the store again can tell.  `stepped` as in okr_hub_shell; NULL. */
struct okr_stepped {
    void (*stepped)(void *context, struct okr_kv_txn *txn,
                    const struct okr_hub_event *event);
    void *context;
};
OKR_MUST_USE enum okr_err okr_server_turn(struct okr_server *server,
                                          const struct okr_hub_event *events,
                                          size_t n,
                                          const struct okr_stepped *stepped);

#endif
