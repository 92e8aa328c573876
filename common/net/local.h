/* The local socket: `okr` asks `okr-site`, the server's own commands ask a
 * running `okr-server`.  ZeroMQ over ipc:// in the program's folder.  One
 * question, one or more replies (okr_reply.more). */
#ifndef OKR_NET_LOCAL_H
#define OKR_NET_LOCAL_H

#include "common/codec/local.h"

/* ---- serving ------------------------------------------------------------- */
struct okr_local;

struct okr_caller {
    uint8_t envelope[32];
    size_t envelope_len;
    bool has_uid; /* told by the kernel (Peer-Address), not by the caller */
    uint32_t uid;
};

/* Binds `dir`/sock (mode 0660 of the folder's owner); the folder's lock is
 * the caller's matter (okr_net_lock_folder).  `zmq` is the process's context.
 * The caller owns `*ret_local`. */
OKR_MUST_USE enum okr_err okr_local_open(void *zmq, const char *dir,
                                         struct okr_local **ret_local);
void okr_local_close(struct okr_local **local);
void *okr_local_socket(struct okr_local *local); /* for zmq_poll */
/* The next question that is there; OKR_ERR_NOTFOUND when none is, FORMAT for
 * one that cannot be read (already answered with a usage error). */
OKR_MUST_USE enum okr_err okr_local_next(struct okr_local *local,
                                         struct okr_arena *arena,
                                         struct okr_ask **ret_ask,
                                         struct okr_caller *ret_caller);
/* OKR_ERR_CLOSED when the caller has gone: stop streaming to him. */
OKR_MUST_USE enum okr_err okr_local_reply(struct okr_local *local,
                                          const struct okr_caller *caller,
                                          const struct okr_reply *reply);

/* ---- asking -------------------------------------------------------------- */
struct okr_asker;
/* OKR_ERR_NOTFOUND: no socket there (no daemon); TIMEOUT is told by next. */
OKR_MUST_USE enum okr_err okr_asker_open(const char *dir,
                                         struct okr_asker **ret_asker);
void okr_asker_close(struct okr_asker **asker);
OKR_MUST_USE enum okr_err okr_asker_send(struct okr_asker *asker,
                                         const struct okr_ask *ask);
/* Waits for the next reply; OKR_ERR_TIMEOUT.  `timeout_ms` < 0: for ever. */
OKR_MUST_USE enum okr_err okr_asker_next(struct okr_asker *asker,
                                         okr_ms timeout_ms,
                                         struct okr_arena *arena,
                                         struct okr_reply **ret_reply);

#endif
