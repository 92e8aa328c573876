/* check: reads everything in the folder and names what does not agree. */
#include <stdio.h>
#include <string.h>

#include "client/shell/commands.h"
#include "client/shell/ident.h"
#include "client/shell/site_dir.h"
#include "client/store/outbox.h"
#include "common/base/hex.h"
#include "common/store/check.h"
#include "common/store/migrate.h"

enum { KEY_SHOWN_MAX = 32 }; /* bytes of a row's key */

struct checking {
    unsigned long damages;
    struct okr_kv_txn *txn;
    struct okr_arena *arena;
};

static void print_damage(void *context, const struct okr_damage *damage)
{
    struct checking *c = context;
    char hex[2 * KEY_SHOWN_MAX + 1];
    size_t len =
        damage->key.len < KEY_SHOWN_MAX ? damage->key.len : KEY_SHOWN_MAX;
    okr_hex_encode(okr_slice_sub(damage->key, 0, len), hex);
    (void)printf("%s %s: %s\n", okr_table_name(damage->table), hex,
                 damage->what);
    c->damages++;
}

/* ---- what the rows say together ------------------------------------------ */

static void tell(struct checking *c, enum okr_table table, uint64_t seq,
                 const char *what)
{
    (void)printf("%s %llu: %s\n", okr_table_name(table),
                 (unsigned long long)seq, what);
    c->damages++;
}

/* Sequences that are in no push yet are dense, and the next one is free. */
static enum okr_err check_outbox(struct checking *c)
{
    uint64_t next, from, expected;
    struct okr_outs rows;
    OKR_TRY(okr_meta_u64(c->txn, "next_seq", &next));
    OKR_TRY(okr_meta_u64(c->txn, "push_from", &from));
    expected = from;
    do {
        okr_arena_reset(c->arena);
        OKR_TRY(okr_outbox_list(c->txn, expected, 64, c->arena, &rows));
        for (size_t i = 0; i < rows.n; i++, expected++)
            if (rows.at[i].seq != expected) {
                tell(c, OKR_TABLE_OUTBOX, expected, "it is missing");
                return OKR_OK;
            }
    } while (rows.n > 0);
    if (next != 0 && expected != next)
        tell(c, OKR_TABLE_OUTBOX, expected, "it is missing");
    return OKR_OK;
}

static enum okr_err check_store(struct checking *c)
{
    const struct okr_damage_sink sink = {.take = print_damage, .context = c};
    OKR_TRY(okr_store_check(c->txn, &sink));
    /* Rows that cannot be read were told by their seals. */
    enum okr_err err = check_outbox(c);
    return err == OKR_ERR_CORRUPT ? OKR_OK : err;
}

/* ---- the folder ---------------------------------------------------------- */

static void check_ident(struct checking *c, const char *dir,
                        struct okr_snag *snag)
{
    struct okr_ident ident;
    struct okr_site_keys keys;
    enum okr_err err = okr_ident_get(c->txn, c->arena, &ident);
    if (err != OKR_OK) {
        okr_snag_world(snag, err, "the enrolment in the store");
        return;
    }
    if (!okr_site_keys_load(dir, &keys, snag))
        return;
    struct okr_id id = okr_site_id_of(&keys);
    if (!okr_id_eq(&id, &ident.site))
        okr_snag_refuse(snag, NULL, "restore the keys folder of this site",
                        "the keys are not those of this site");
    okr_site_keys_free(&keys);
}

/* Rows of an older version are no damage.  A stamp that cannot be read is
 * told with the other rows. */
static enum okr_err check_age(struct checking *c, struct okr_snag *snag)
{
    struct okr_store_age age = {.version = 0};
    enum okr_err err = okr_store_age(c->txn, "site", &okr_migrations, &age);
    if (age.older)
        okr_snag_refuse(snag, NULL,
                        "start `okr-site run` once: that migrates it",
                        "the store is of version %llu, and here it is %d",
                        (unsigned long long)age.version, OKR_STORE_VERSION);
    return err == OKR_ERR_VERSION ? err : OKR_OK;
}

static void check_all(struct checking *c, const char *dir, struct okr_kv *kv,
                      struct okr_snag *snag)
{
    enum okr_err err = okr_arena_new(OKR_ARENA_UNBOUNDED, &c->arena);
    if (err == OKR_OK)
        err = okr_kv_begin(kv, false, &c->txn);
    if (err == OKR_OK)
        err = check_age(c, snag);
    if (err == OKR_OK && !okr_snagged(snag))
        err = check_store(c);
    if (err == OKR_OK && !okr_snagged(snag))
        check_ident(c, dir, snag);
    else if (err != OKR_OK)
        okr_snag_world(snag, err, dir);
    if (c->txn != NULL)
        okr_kv_abort(&c->txn);
    okr_arena_free(&c->arena);
}

/* A daemon may run meanwhile: what is read is one moment of its store. */
int okr_site_cmd_check(const struct okr_site_options *options)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    struct checking c = {.damages = 0};
    struct okr_kv *kv;
    if (okr_site_dir_check(options->dir, &snag) &&
        okr_site_store_open(options->dir, &kv, &snag)) {
        check_all(&c, options->dir, kv, &snag);
        okr_kv_close(&kv);
    }
    if (c.damages > 0)
        okr_snag_refuse(&snag, "damaged",
                        "restore a backup of the folder; or join anew in "
                        "another one, which pulls everything but what was not "
                        "pushed yet",
                        "%s: %lu rows do not agree", options->dir, c.damages);
    if (okr_snagged(&snag)) {
        okr_snag_print(&snag, "okr-site");
        return (int)snag.code;
    }
    (void)printf("everything in %s agrees\n", options->dir);
    return 0;
}
