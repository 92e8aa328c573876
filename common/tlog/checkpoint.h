/* Checkpoints: C2SP signed notes over (origin, size, root), and the
 * cosignatures of witnesses (tlog-checkpoint, tlog-cosignature). */
#ifndef OKR_TLOG_CHECKPOINT_H
#define OKR_TLOG_CHECKPOINT_H

#include "common/base/buf.h"
#include "common/crypto/sign.h"
#include "common/tlog/tree.h"

#define OKR_ORIGIN_MAX 160
#define OKR_NOTE_MAX 65536
#define OKR_NOTE_SIGS_MAX 100 /* public verifiers refuse more (sumdb/note) */

/* `origin` is the name of the log's key as well: not empty, UTF-8 without
 * spaces, control characters and '+'. */
struct okr_checkpoint {
    char origin[OKR_ORIGIN_MAX + 1];
    uint64_t size;
    struct okr_hash root;
};

/* One signature line, decoded: `bytes` is what follows the 4-byte key id. */
struct okr_note_sig {
    struct okr_slice name; /* borrowed from the note */
    uint8_t key_id[4];
    uint8_t bytes[72];
    size_t len; /* 64 (signer) or 72 (cosignature: time 8 ‖ signature) */
};

struct okr_note {
    struct okr_slice text; /* signed part, its last LF included; borrowed */
    struct okr_checkpoint checkpoint;
    struct okr_note_sig sigs[OKR_NOTE_SIGS_MAX];
    size_t n_sigs;
};

/* "origin LF size LF base64(root) LF" */
void okr_checkpoint_text(const struct okr_checkpoint *cp, struct okr_buf *out);
/* SHA-256(name LF type pk)[:4]; type 0x01 signer, 0x04 cosigner. */
void okr_note_key_id(const char *name, uint8_t type, const struct okr_pk *pk,
                     uint8_t ret_id[4]);
/* A verifier key as text: "name+hex keyid+base64(type ‖ pk)". */
void okr_note_vkey(const char *name, uint8_t type, const struct okr_pk *pk,
                   struct okr_buf *out);
/* The whole note: text, empty line, one signature line of the log. */
void okr_note_sign(const struct okr_checkpoint *cp, const struct okr_sk *sk,
                   struct okr_buf *out);
/* Strict: extra lines, sloppy base64, leading zeros, a size above the cap,
 * no or more signatures than allowed are OKR_ERR_FORMAT.  `ret_note` borrows
 * from `note`. */
OKR_MUST_USE enum okr_err okr_note_parse(struct okr_slice note,
                                         struct okr_note *ret_note);
/* The first line with the origin's name and the key id of `pk` verifies; as
 * in C2SP signed-note, lines of other keys are ignored, and a bad line of this
 * key is not made good by a later one. */
bool okr_note_signed_by(const struct okr_note *note, const struct okr_pk *pk);
/* "— name base64(keyid ‖ time u64 ‖ sig)" LF, over
 * "cosignature/v1\ntime T\n" ‖ text; `time_s` is seconds since 1970. */
void okr_note_cosign(const struct okr_note *note, const char *name,
                     const struct okr_sk *sk, uint64_t time_s,
                     struct okr_buf *out);
/* The same rule as okr_note_signed_by, for the cosigner `name`. */
bool okr_note_cosigned_by(const struct okr_note *note, const char *name,
                          const struct okr_pk *pk, uint64_t *ret_time_s);

#endif
