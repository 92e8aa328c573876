/* The site's folder:
 *
 *   DIR/lock       one process at a time; holds the pid of whoever has it
 *   DIR/sock       where a running daemon is asked
 *   DIR/store/     LMDB: the cache and the outbox
 *   DIR/keys/      site.key witness.key link.key
 *   DIR/ballast    room for the day on which there is none, see room.h
 *   DIR/site.conf  optional, see site_conf.h */
#ifndef CLIENT_SHELL_SITE_DIR_H
#define CLIENT_SHELL_SITE_DIR_H

#include "client/shell/snag.h"
#include "common/crypto/keyfile.h"
#include "common/lang/text.h"
#include "common/store/kv.h"

enum { OKR_SITE_PATH_MAX = 4096 };

/* "DIR/NAME"; false (and a snag) when it is too long. */
bool okr_site_path(const char *dir, const char *name,
                   char ret_path[OKR_SITE_PATH_MAX], struct okr_snag *snag);
/* Is there a file or folder DIR/NAME? */
bool okr_site_has(const char *dir, const char *name);
/* Makes the folder (0700), or takes one in which nothing of others lies. */
bool okr_site_dir_make(const char *dir, struct okr_snag *snag);
/* Is it the folder of a site that has joined? */
bool okr_site_dir_check(const char *dir, struct okr_snag *snag);
/* Takes the lock, which lives as long as the descriptor; a snag names who
 * has it. */
bool okr_site_lock(const char *dir, int *ret_fd, struct okr_snag *snag);
/* Opens DIR/store, which is made if it is not there. */
bool okr_site_store_open(const char *dir, struct okr_kv **ret_kv,
                         struct okr_snag *snag);

/* What to do where keys are gone. */
#define OKR_KEYS_REMEDY                                                      \
    N_("restore the keys folder from a backup; a site without its keys has " \
       "to join anew, in a new folder")

/* The keys, in locked memory.  `link` holds the CURVE secret as its seed. */
struct okr_site_keys {
    struct okr_sk *site, *witness, *link;
    uint8_t link_public[OKR_CURVE_LEN];
};
/* Makes those that are missing: a join that was cut short goes on with the
 * keys that it may have shown to the server already. */
bool okr_site_keys_make(const char *dir, struct okr_snag *snag);
bool okr_site_keys_load(const char *dir, struct okr_site_keys *ret_keys,
                        struct okr_snag *snag);
void okr_site_keys_free(struct okr_site_keys *keys);
/* The site's id follows from its key, so that a join that is repeated brings
 * the same one without a file that says so. */
struct okr_id okr_site_id_of(const struct okr_site_keys *keys);

#endif
