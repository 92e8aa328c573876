/* The server's answer to an enrolment, believed only as far as it is proved.
 *
 * The leaf names the site and the fields that were written; what was written
 * there, the keys, is in the payload that its header commits to. */
#include <string.h>

#include "client/shell/join.h"
#include "common/msg/layout.h"
#include "common/tlog/checkpoint.h"

static void refuse(struct okr_snag *snag, const char *what)
{
    okr_snag_refuse(snag, "proof",
                    "do not go on: compare fingerprints with whoever gave you "
                    "the token",
                    "the server's answer is not to be believed: %s", what);
}

static bool is_pinned(const struct okr_token *token, const struct okr_pk *key)
{
    struct okr_hash hash = okr_sha256(okr_slice_of(key->b, sizeof key->b));
    return memcmp(hash.b, token->log_pin, sizeof token->log_pin) == 0;
}

/* Is the leaf in the log of that checkpoint? */
static bool is_included(const struct okr_enrolled *enrolled,
                        const struct okr_checkpoint *checkpoint)
{
    struct okr_tlog_proof proof = {.n = 0};
    if (enrolled->n_proof > OKR_TLOG_PROOF_MAX)
        return false;
    proof.n = enrolled->n_proof;
    for (size_t i = 0; i < proof.n; i++)
        proof.hash[i] = enrolled->proof[i];
    struct okr_hash leaf = okr_tlog_leaf_hash(enrolled->leaf);
    return okr_tlog_inclusion_holds(&leaf, enrolled->leaf_index,
                                    checkpoint->size, &proof,
                                    &checkpoint->root);
}

/* Every key of the site is among what the operation wrote. */
static bool writes_keys(struct okr_slice effects, const struct okr_id *site)
{
    static const uint16_t keys[] = {OKR_F_SITE_KEY, OKR_F_WITNESS_KEY,
                                    OKR_F_LINK_KEY};
    struct okr_slice rest = okr_slice_sub(effects, 4, effects.len);
    struct okr_effect effect;
    unsigned found = 0;
    while (okr_layout_effect_next(&rest, &effect))
        for (unsigned i = 0; i < 3; i++)
            if (effect.field == keys[i] && okr_id_eq(&effect.entity, site))
                found |= 1u << i;
    return rest.len == 0 && found == 7;
}

static bool is_about(const struct okr_enrolled *enrolled,
                     const struct okr_id *site)
{
    struct okr_leaf leaf;
    struct okr_op_body body;
    struct okr_op_header header;
    if (okr_layout_leaf_read(enrolled->leaf, &leaf) != OKR_OK ||
        leaf.kind != OKR_LEAF_KEY || leaf.index != enrolled->leaf_index ||
        okr_layout_op_body_read(leaf.body, &body) != OKR_OK)
        return false;
    okr_layout_op_header_read(body.header, &header);
    return header.verb == OKR_VERB_ENROL &&
           okr_id_eq(&header.org, &enrolled->org) &&
           okr_id_eq(&body.site, &enrolled->server_site) &&
           writes_keys(body.effects, site);
}

bool okr_join_check(const struct okr_token *token,
                    const struct okr_enrol *enrol,
                    const struct okr_enrolled *enrolled,
                    struct okr_ident_seen *ret_seen, struct okr_snag *snag)
{
    struct okr_note note;
    if (!is_pinned(token, &enrolled->log_key))
        refuse(snag, "its log's key is not the one that the token names");
    else if (okr_note_parse(enrolled->checkpoint, &note) != OKR_OK)
        refuse(snag, "its checkpoint cannot be read");
    else if (!okr_note_signed_by(&note, &enrolled->log_key))
        refuse(snag, "its checkpoint is not signed by the log's key");
    else if (!is_included(enrolled, &note.checkpoint))
        refuse(snag, "the enrolment is not in the log");
    else if (!is_about(enrolled, &enrol->site))
        refuse(snag, "the entry in the log is not about this site's keys");
    if (okr_snagged(snag))
        return false;
    *ret_seen = (struct okr_ident_seen){.size = note.checkpoint.size,
                                        .root = note.checkpoint.root};
    return true;
}
