/* By which push an operation came: signed by its site, over these very
 * operations, behind the push before. */
#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/store/key.h"
#include "common/store/oplog.h"
#include "server/audit/verify_impl.h"
#include "server/store/peers.h"

/* The 172 bytes that the site signed; docs/protocol.md. */
struct layout {
    struct okr_id org, site;
    uint64_t incarnation, first;
    uint32_t count;
    struct okr_hash ops, seen_root, prev;
    uint64_t seen_size;
};

static struct layout layout_read(const uint8_t b[OKR_PUSH_LAYOUT_LEN])
{
    struct layout layout;
    memcpy(layout.org.b, b + 16, OKR_ID_LEN);
    memcpy(layout.site.b, b + 32, OKR_ID_LEN);
    layout.incarnation = okr_be_get64(b + 48);
    layout.first = okr_be_get64(b + 56);
    layout.count = okr_be_get32(b + 64);
    memcpy(layout.ops.b, b + 68, OKR_SHA256_LEN);
    layout.seen_size = okr_be_get64(b + 100);
    memcpy(layout.seen_root.b, b + 108, OKR_SHA256_LEN);
    memcpy(layout.prev.b, b + 140, OKR_SHA256_LEN);
    return layout;
}

/* ---- chains -------------------------------------------------------------- */

struct okr_chain *okr_verify_chain(const struct okr_verifying *v,
                                   const struct okr_id *site,
                                   uint64_t incarnation)
{
    struct okr_chain *chains = (void *)v->chains.data;
    size_t n = v->chains.len / sizeof *chains;
    for (size_t i = n; i > 0; i--) /* the latest speak most */
        if (chains[i - 1].incarnation == incarnation &&
            okr_id_eq(&chains[i - 1].site, site))
            return &chains[i - 1];
    return NULL;
}

/* The answer's operation hash; false where there is none. */
static enum okr_err hash_of_seq(const struct okr_verifying *v,
                                const struct okr_mark *mark, bool *ret_has,
                                struct okr_hash *ret_hash)
{
    struct okr_answer answer;
    enum okr_err err =
        okr_answer_get(v->txn, mark, v->arena, &answer, ret_hash);
    *ret_has = err == OKR_OK;
    return err == OKR_ERR_NOTFOUND || err == OKR_ERR_CORRUPT ? OKR_OK : err;
}

static void tell_answer(const struct okr_verifying *v,
                        const struct okr_mark *mark)
{
    struct okr_key key = {0};
    okr_key_id(&key, &mark->site);
    okr_key_u64(&key, mark->incarnation);
    okr_key_u64(&key, mark->seq);
    okr_verify_tell(v, OKR_TABLE_ANSWER, okr_key_slice(&key),
                    "it is missing or damaged");
}

enum okr_err okr_verify_answered(const struct okr_verifying *v,
                                 struct okr_chain span, bool *ret_all)
{
    bool all = true;
    for (uint64_t seq = span.first; all && seq <= span.end; seq++) {
        const struct okr_mark mark = {span.site, span.incarnation, seq};
        struct okr_hash hash;
        OKR_TRY(hash_of_seq(v, &mark, &all, &hash));
        if (!all)
            tell_answer(v, &mark);
    }
    *ret_all = all;
    return OKR_OK;
}

/* A push of which nothing was new left no leaf, only answers: behind such a
 * gap nobody can tell what came before. */
static enum okr_err check_place(struct okr_verifying *v,
                                const struct okr_leaf_look *look,
                                const struct layout *layout,
                                const struct okr_chain *chain)
{
    static const struct okr_hash none;
    uint64_t next = chain != NULL ? chain->end + 1 : 1;
    const struct okr_hash *prev = chain != NULL ? &chain->last_push : &none;
    uint64_t index = look->leaf.index;
    if (layout->first < next) {
        okr_verify_tell_leaf(v, index, "its push goes back in the sequence");
        return OKR_OK;
    }
    if (layout->first == next) {
        if (!okr_hash_eq(&layout->prev, prev))
            okr_verify_tell_leaf(v, index,
                                 "its push does not follow on the one before");
        return OKR_OK;
    }
    bool all;
    const struct okr_chain gap = {.site = layout->site,
                                  .incarnation = layout->incarnation,
                                  .first = next,
                                  .end = layout->first - 1};
    OKR_TRY(okr_verify_answered(v, gap, &all));
    if (!all)
        okr_verify_tell_leaf(v, index, "a push before its own is missing");
    return OKR_OK;
}

/* ---- signature and content ----------------------------------------------- */

static enum okr_err check_signature(struct okr_verifying *v,
                                    const struct okr_leaf_look *look)
{
    const struct okr_op_body *body = &look->body;
    struct okr_record *site;
    struct okr_pk pk;
    struct okr_sig sig;
    OKR_TRY(okr_verify_record(v, &body->site, OKR_KIND_SITE, &site));
    struct okr_slice key = OKR_SLICE_NONE;
    if (site != NULL)
        key = okr_record_text(site, OKR_F_SITE_KEY);
    memcpy(sig.b, body->push_sig, sizeof sig.b);
    bool holds = key.len == sizeof pk.b;
    if (holds) {
        memcpy(pk.b, key.data, sizeof pk.b);
        holds = okr_sign_check(&pk, okr_slice_of(body->push, sizeof body->push),
                               &sig);
    }
    if (!holds)
        okr_verify_tell_leaf(v, look->leaf.index,
                             "the site's signature does not match");
    return OKR_OK;
}

static enum okr_err check_ops(struct okr_verifying *v,
                              const struct okr_leaf_look *look,
                              const struct layout *layout)
{
    uint8_t hashes[OKR_PUSH_OPS_MAX * OKR_SHA256_LEN];
    for (size_t i = 0; i < layout->count; i++) {
        const struct okr_mark mark = {layout->site, layout->incarnation,
                                      layout->first + i};
        struct okr_hash hash;
        bool has;
        OKR_TRY(hash_of_seq(v, &mark, &has, &hash));
        if (!has) {
            tell_answer(v, &mark);
            return OKR_OK;
        }
        memcpy(hashes + i * OKR_SHA256_LEN, hash.b, OKR_SHA256_LEN);
    }
    struct okr_hash made = okr_sha256(
        okr_slice_of(hashes, (size_t)layout->count * OKR_SHA256_LEN));
    if (!okr_hash_eq(&made, &layout->ops))
        okr_verify_tell_leaf(v, look->leaf.index,
                             "its push is signed over other operations");
    return OKR_OK;
}

static enum okr_err node_get(void *txn, uint64_t index,
                             struct okr_hash *ret_hash)
{
    return okr_oplog_node(txn, index, ret_hash);
}

static enum okr_err check_seen(struct okr_verifying *v,
                               const struct okr_leaf_look *look,
                               const struct layout *layout)
{
    const struct okr_tlog_nodes nodes = {.get = node_get, .context = v->txn};
    struct okr_hash root = {{0}};
    bool holds = layout->seen_size <= look->leaf.index;
    if (holds && layout->seen_size > 0) {
        enum okr_err err = okr_tlog_root(&nodes, layout->seen_size, &root);
        if (err == OKR_ERR_CORRUPT)
            return OKR_OK; /* a node that is told of anyway */
        OKR_TRY(err);
    }
    if (!holds || !okr_hash_eq(&root, &layout->seen_root))
        okr_verify_tell_leaf(v, look->leaf.index,
                             "its site had seen another log");
    return OKR_OK;
}

static bool fits(const struct okr_verifying *v,
                 const struct okr_leaf_look *look, const struct layout *layout)
{
    const struct okr_op_body *body = &look->body;
    return okr_id_eq(&layout->org, &v->org) &&
           okr_id_eq(&layout->site, &body->site) &&
           layout->incarnation == body->incarnation &&
           layout->first == body->first_seq && layout->count > 0 &&
           layout->count <= OKR_PUSH_OPS_MAX && body->seq >= layout->first &&
           body->seq - layout->first < layout->count;
}

static enum okr_err enter_chain(struct okr_verifying *v,
                                const struct okr_leaf_look *look,
                                const struct layout *layout)
{
    struct okr_chain next = {
        .site = layout->site,
        .incarnation = layout->incarnation,
        .first = layout->first,
        .end = layout->first + layout->count - 1,
        .last_push = okr_layout_push_hash(look->body.push),
    };
    struct okr_chain *chain =
        okr_verify_chain(v, &layout->site, layout->incarnation);
    if (chain != NULL)
        *chain = next;
    else
        okr_buf_put(&v->chains, okr_slice_of(&next, sizeof next));
    return v->chains.err;
}

/* A leaf without one: of the push that is open, or, once parked, of an older
 * one; which operations that had is what its answers say. */
static void check_without(struct okr_verifying *v,
                          const struct okr_leaf_look *look)
{
    const struct okr_op_body *body = &look->body;
    const struct okr_chain *chain =
        okr_verify_chain(v, &body->site, body->incarnation);
    if (chain == NULL || body->seq > chain->end ||
        body->seq < body->first_seq || body->first_seq == 0)
        okr_verify_tell_leaf(v, look->leaf.index, "no push brought it");
}

enum okr_err okr_verify_push(struct okr_verifying *v,
                             const struct okr_leaf_look *look)
{
    if (!look->body.has_push) {
        check_without(v, look);
        return OKR_OK;
    }
    struct layout layout = layout_read(look->body.push);
    if (!fits(v, look, &layout)) {
        okr_verify_tell_leaf(v, look->leaf.index,
                             "its push is of another site or sequence");
        return OKR_OK;
    }
    const struct okr_chain *chain =
        okr_verify_chain(v, &layout.site, layout.incarnation);
    OKR_TRY(check_place(v, look, &layout, chain));
    OKR_TRY(check_signature(v, look));
    OKR_TRY(check_ops(v, look, &layout));
    OKR_TRY(check_seen(v, look, &layout));
    return enter_chain(v, look, &layout);
}
