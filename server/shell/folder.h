/* The server's folder:
 *
 *   DIR/lock    one process at a time; holds the pid of whoever has it
 *   DIR/sock    where a running `serve` is asked
 *   DIR/store/  LMDB
 *   DIR/keys/   site.key witness.key link.key log.key
 *   DIR/server.conf  optional, see server_conf.h
 *   DIR/ballast room for the day on which there is none, see room.h
 *   DIR/half    only while `init` is at it: what it was about to make */
#ifndef SERVER_SHELL_FOLDER_H
#define SERVER_SHELL_FOLDER_H

#include "common/crypto/keyfile.h"
#include "server/shell/fault.h"

#define OKR_PATH_MAX_BYTES 4096

/* "DIR/NAME"; false (and a fault) when it is too long. */
bool okr_folder_path(const char *dir, const char *name,
                     char ret_path[OKR_PATH_MAX_BYTES],
                     struct okr_fault *fault);
/* Is it a server's folder, and a whole one? */
bool okr_folder_check(const char *dir, struct okr_fault *fault);
/* Takes the lock.  OKR_ERR_BUSY without a fault: somebody has it. */
OKR_MUST_USE enum okr_err okr_folder_lock(const char *dir, int *ret_fd,
                                          struct okr_fault *fault);
/* The pid that holds the lock, 0 if it cannot be told. */
long okr_folder_holder(const char *dir);

/* A folder being made, by init or restore.  What one that was cut short has
 * left is removed first; finish makes it whole, undo removes what was made
 * since begin, and the folder too, if begin made it.  Either ends it. */
struct okr_making {
    const char *dir; /* borrowed */
    int half_fd;     /* locked: one init at a time */
    bool made;       /* the folder was not there before */
};
bool okr_making_begin(const char *dir, struct okr_making *ret_making,
                      struct okr_fault *fault);
bool okr_making_finish(struct okr_making *making, struct okr_fault *fault);
void okr_making_undo(struct okr_making *making);

/* The keys, in locked memory.  `link` holds the CURVE secret as its seed. */
struct okr_keys {
    struct okr_sk *site, *witness, *link, *log;
    struct okr_pk log_public;
    uint8_t link_public[OKR_CURVE_LEN];
};
bool okr_keys_make(const char *dir, struct okr_fault *fault);
/* The files of the folder FROM as DIR/keys, 0600. */
bool okr_keys_copy(const char *from, const char *dir, struct okr_fault *fault);
bool okr_keys_load(const char *dir, struct okr_keys *ret_keys,
                   struct okr_fault *fault);
void okr_keys_free(struct okr_keys *keys);
/* What people compare: of the log's public key. */
void okr_keys_fingerprint(const struct okr_keys *keys,
                          char ret[OKR_FINGERPRINT_LEN]);

#endif
