/* The key of the person at this keyboard, and the file that it is in. */
#ifndef CLIENT_CLI_SIGNER_H
#define CLIENT_CLI_SIGNER_H

#include "common/base/arena.h"
#include "common/crypto/sign.h"

struct okr_run;

struct okr_signer {
    const char *path;
    bool chosen;       /* by $OKR_KEY: nothing is done without it */
    struct okr_sk *sk; /* NULL: not read yet */
    char hex[2 * OKR_SIGN_PK_LEN + 1];
    char fingerprint[OKR_FINGERPRINT_LEN];
};

/* The file of the key in use: $OKR_KEY, else ~/.config/okr/person.key.  NULL:
 * there is none ($OKR_KEY is "none"), or trouble: no home. */
const char *okr_signer_path(struct okr_run *run);
/* Reads a key, asking for its passphrase if it is sealed.  Trouble. */
bool okr_signer_read(struct okr_run *run, const char *path,
                     struct okr_signer *signer);
/* The same but the secret (`sk` stays NULL), so nobody is asked for a
 * passphrase: for showing which it is. */
bool okr_signer_look(struct okr_run *run, const char *path,
                     struct okr_signer *signer);
/* Makes a new one in `path`; with a passphrase where `--passphrase` is said.
 * Trouble, and the file is as it was. */
bool okr_signer_make(struct okr_run *run, const char *path,
                     struct okr_signer *signer);
/* The file of the key with which this command is to be signed; NULL: none is
 * in use (--as, no file), or trouble. */
const char *okr_signer_used(struct okr_run *run);
/* It, read: run->signer.  False: none, or trouble. */
bool okr_signer_find(struct okr_run *run);

/* Whose the key is, remembered beside it in PATH.who, so that no daemon can
 * make it speak for anybody else later. */
struct okr_signer_who {
    char org[33], person[33]; /* hex */
};
/* True where `who` is what is remembered, or nothing was and it is now. */
bool okr_signer_is(struct okr_run *run, const char *path,
                   const struct okr_signer_who *who);

#endif
