/* The daemon's life: everything it holds, and giving it back. */
#include "client/shell/daemon.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <unistd.h>
#include <zmq.h>

#include "client/shell/desk.h"
#include "client/shell/tell.h"
#include "common/base/assert.h"
#include "common/store/migrate.h"

enum { BEAT_MS = 15000, END_US = 700 * 1000, KEPT_BYTES = 128 * 1024 };

/* ---- who it is ----------------------------------------------------------- */

static enum okr_err load_ident(struct okr_daemon *d)
{
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(d->kv, false, &txn));
    enum okr_err err = okr_ident_get(txn, d->in, &d->ident);
    okr_kv_abort(&txn);
    return err;
}

/* An older store is migrated first. */
static enum okr_err bring_up(struct okr_daemon *d)
{
    char store[OKR_SITE_PATH_MAX];
    struct okr_upgrade up = {.kv = d->kv,
                             .path = store,
                             .side = "site",
                             .migrations = &okr_migrations};
    struct okr_snag ignored = {.code = OKR_REPLY_DONE};
    if (!okr_site_path(d->dir, "store", store, &ignored))
        return OKR_ERR_LIMIT;
    OKR_TRY(okr_store_upgrade(&up));
    if (up.copy[0] != '\0')
        okr_tell(OKR_TELL_NOTICE,
                 "%s was migrated to version %d; as it was before it is in %s",
                 store, OKR_STORE_VERSION, up.copy);
    return load_ident(d);
}

static bool open_store(struct okr_daemon *d, struct okr_snag *snag)
{
    if (!okr_site_store_open(d->dir, &d->kv, snag))
        return false;
    enum okr_err err = bring_up(d);
    if (err == OKR_ERR_NOTFOUND)
        okr_snag_refuse(snag, NULL, "repeat the `okr-site join`",
                        "%s: a join was cut short here", d->dir);
    else if (err == OKR_ERR_EXISTS)
        okr_snag_refuse(snag, NULL,
                        "move that copy away: the next start makes a new one "
                        "and migrates",
                        "%s/store is of an older version, and its copy from an "
                        "earlier migration lies beside it",
                        d->dir);
    else if (err != OKR_OK)
        okr_snag_world(snag, err, d->dir);
    return err == OKR_OK;
}

/* Keys of another folder would be refused by the server, in worse words. */
static bool load_keys(struct okr_daemon *d, struct okr_snag *snag)
{
    if (!okr_site_keys_load(d->dir, &d->keys, snag))
        return false;
    struct okr_id id = okr_site_id_of(&d->keys);
    if (!okr_id_eq(&id, &d->ident.site))
        okr_snag_refuse(snag, NULL,
                        "restore the keys folder that belongs to the store",
                        "%s: the keys are not those of this site", d->dir);
    return !okr_snagged(snag);
}

/* ---- the core ------------------------------------------------------------ */

static enum okr_err open_site(struct okr_daemon *d)
{
    const struct okr_site_conf conf = {
        .org = d->ident.org,
        .site = d->ident.site,
        .site_key = d->keys.site,
        .log_key = d->ident.log_key,
        .thin = d->settings.thin,
        .all_summaries = d->settings.all_summaries,
        .beat_ms = BEAT_MS,
        .pull_ms_min = d->settings.pull_min_ms,
        .retry_max_ms = d->settings.retry_max_ms,
        .trace = okr_tell_trace(),
    };
    const struct okr_site_shell shell = {.kv = d->kv, .arena = d->turn};
    OKR_TRY(okr_site_new(&conf, &d->site));
    return okr_site_reload(d->site, &shell);
}

static bool same_core(const struct okr_site_settings *a,
                      const struct okr_site_settings *b)
{
    return a->thin == b->thin && a->all_summaries == b->all_summaries &&
           a->retry_max_ms == b->retry_max_ms &&
           a->pull_min_ms == b->pull_min_ms;
}

/* What the core was made with changed: another one, from the same store. */
static void change_core(struct okr_daemon *d)
{
    okr_site_free(&d->site);
    okr_wire_redial(d->wire, okr_net_monotonic(), 0);
    enum okr_err err = open_site(d);
    if (err == OKR_OK) {
        okr_daemon_happen(d, OKR_SITE_START);
        return;
    }
    okr_tell(OKR_TELL_ERROR, "the store: %s", okr_err_text(err));
    d->fatal = true;
}

void okr_daemon_reread(struct okr_daemon *d)
{
    struct okr_arena *arena;
    struct okr_site_settings settings;
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK)
        return;
    if (!okr_site_settings_read(d->dir, d->conf_path, arena, &settings,
                                &snag)) {
        okr_tell(OKR_TELL_ERROR, "the old settings stand: %s; %s", snag.what,
                 snag.remedy);
        okr_arena_free(&arena);
        return;
    }
    bool same = same_core(&d->settings, &settings);
    okr_arena_free(&d->conf_arena);
    d->conf_arena = arena;
    d->settings = settings;
    okr_tell(OKR_TELL_NOTICE, "settings read anew");
    if (!same)
        change_core(d);
}

/* ---- all of it ----------------------------------------------------------- */

/* Large blocks, as of a turn with a whole page, go back to the system when
 * they are freed: left to itself, malloc keeps ever larger ones in its heap,
 * and so all the memory that a catch-up ever took. */
static void keep_little(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

static enum okr_err open_arenas(struct okr_daemon *d)
{
    keep_little();
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &d->conf_arena));
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &d->turn));
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &d->in);
}

/* Blocked before libzmq makes threads, which then block them too. */
static enum okr_err open_signals(struct okr_daemon *d)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return OKR_ERR_IO;
    d->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return d->signal_fd < 0 ? OKR_ERR_IO : OKR_OK;
}

static enum okr_err open_sockets(struct okr_daemon *d)
{
    d->zmq_local = okr_net_context();
    d->zmq_link = okr_net_context();
    if (d->zmq_local == NULL || d->zmq_link == NULL)
        return OKR_ERR_NOMEM;
    struct okr_wire_conf conf = {.zmq = d->zmq_link,
                                 .ident = &d->ident,
                                 .secret = okr_sk_seed(d->keys.link)};
    memcpy(conf.public_key, d->keys.link_public, sizeof conf.public_key);
    OKR_TRY(okr_wire_open(&conf, &d->wire));
    return okr_desk_open(d, &d->desk);
}

bool okr_daemon_open(struct okr_daemon *d, const char *dir,
                     const char *conf_path, struct okr_snag *snag)
{
    *d = (struct okr_daemon){
        .dir = dir, .conf_path = conf_path, .lock_fd = -1, .signal_fd = -1};
    enum okr_err err = open_arenas(d);
    if (err != OKR_OK) {
        okr_snag_world(snag, err, "okr-site");
        return false;
    }
    if (!okr_site_settings_read(dir, conf_path, d->conf_arena, &d->settings,
                                snag) ||
        !okr_site_dir_check(dir, snag) ||
        !okr_site_lock(dir, &d->lock_fd, snag) || !open_store(d, snag) ||
        !load_keys(d, snag))
        return false;
    err = open_site(d);
    if (err != OKR_OK) {
        okr_snag_world(snag, err, "the site's store");
        return false;
    }
    err = open_signals(d);
    if (err == OKR_OK)
        err = open_sockets(d);
    if (err != OKR_OK)
        okr_snag_world(snag, err, "the local socket");
    return err == OKR_OK;
}

static volatile sig_atomic_t exit_code;

static void end_at_once(int number)
{
    (void)number;
    _exit(exit_code);
}

/* Somebody who watches may not read any more, and the link's thread may be
 * waiting for a name server.  Everything is saved: nothing is waited for
 * long. */
static void close_contexts(struct okr_daemon *d)
{
    const struct itimerval soon = {.it_value = {.tv_usec = END_US}};
    const struct itimerval never = {.it_value = {.tv_usec = 0}};
    struct sigaction end = {.sa_handler = end_at_once};
    exit_code = d->fatal ? 1 : 0;
    if (sigaction(SIGALRM, &end, NULL) == 0)
        (void)setitimer(ITIMER_REAL, &soon, NULL);
    if (d->zmq_local != NULL)
        zmq_ctx_term(d->zmq_local);
    if (d->zmq_link != NULL)
        zmq_ctx_term(d->zmq_link);
    (void)setitimer(ITIMER_REAL, &never, NULL);
}

void okr_daemon_close(struct okr_daemon *d)
{
    if (d->desk != NULL)
        okr_desk_close(&d->desk);
    okr_wire_close(&d->wire);
    okr_site_free(&d->site);
    if (d->kv != NULL)
        okr_kv_close(&d->kv);
    okr_site_keys_free(&d->keys);
    okr_arena_free(&d->conf_arena);
    okr_arena_free(&d->turn);
    okr_arena_free(&d->in);
    close_contexts(d);
    if (d->signal_fd >= 0)
        close(d->signal_fd);
    if (d->lock_fd >= 0)
        close(d->lock_fd);
}
