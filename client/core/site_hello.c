/* The link comes and goes: Hello, Welcome, Refuse, and waiting. */
#include <string.h>

#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/store/meta.h"

#define MS ((okr_us)1000)
#define RETRY_MIN (200 * MS)
#define REFUSED_PAUSE (600000 * MS)
#define CALL_AGAIN (120000 * MS) /* a connect may take that long */
#define TOLD_MS_MIN 1000u
#define TOLD_MS_MAX 3600000u

/* ---- coming back --------------------------------------------------------- */

void okr_site_link_reset(struct okr_site *site)
{
    for (size_t i = 0; i < OKR_AT_COUNT; i++)
        site->at[i] = OKR_NEVER;
    site->pull.open = site->pull.round = false;
    for (size_t i = 0; i < site->n_scopes; i++) {
        struct okr_site_scope *entry = &site->scopes[i];
        entry->want = entry->asked = entry->ended = entry->denied = false;
    }
    okr_site_repair_end(site);
}

enum okr_err okr_site_call(struct okr_turn *turn, okr_us after)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(after >= 0);
    struct okr_fx *fx = okr_effects_add(turn->fx, OKR_FX_DISCONNECT);
    if (fx == NULL)
        return OKR_ERR_NOMEM;
    fx->ms = (after + MS - 1) / MS; /* not before it is time */
    site->world.retry_at = turn->now + after;
    site->at[OKR_AT_CALL] = site->world.retry_at + CALL_AGAIN;
    okr_trace(&site->conf.trace, "back in %lld ms", (long long)fx->ms);
    return OKR_OK;
}

static okr_us backoff(struct okr_site *site)
{
    okr_us most = RETRY_MIN;
    if (site->phase == OKR_PHASE_REFUSED)
        return REFUSED_PAUSE / 2 + okr_site_jitter(site, REFUSED_PAUSE / 2);
    okr_us cap = site->conf.retry_max_ms * MS;
    for (unsigned i = 0; i < site->world.retries && most < cap; i++)
        most *= 2;
    if (most > cap)
        most = cap;
    site->world.retries++;
    return okr_site_jitter(site, most);
}

enum okr_err okr_site_lost(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    (void)msg;
    okr_site_link_reset(site);
    site->hello_tries = site->silent = 0;
    /* Heard twice of one loss: what was said stands. */
    if (turn->now < site->world.retry_at)
        return okr_site_call(turn, site->world.retry_at - turn->now);
    return okr_site_call(turn, backoff(site));
}

enum okr_err okr_site_refused(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    const struct okr_refuse *refuse = &msg->u.refuse;
    okr_site_link_reset(site);
    site->head_met = false; /* what was subscribed was cut as well */
    site->world.refusal = refuse->code;
    okr_trace(&site->conf.trace, "refused: code %u", (unsigned)refuse->code);
    if (refuse->retry_ms == 0)
        return okr_site_call(turn, backoff(site));
    uint32_t ms = refuse->retry_ms;
    if (ms < TOLD_MS_MIN)
        ms = TOLD_MS_MIN;
    if (ms > TOLD_MS_MAX)
        ms = TOLD_MS_MAX;
    /* Not before, and not all in the same moment. */
    return okr_site_call(turn, ms * MS + okr_site_jitter(site, ms * MS / 8));
}

/* ---- Hello --------------------------------------------------------------- */

static enum okr_err cursors_of(struct okr_turn *turn, struct okr_hello *hello)
{
    const struct okr_site *site = turn->site;
    struct okr_cursor *cursors =
        okr_arena_array(turn->arena, site->n_scopes, sizeof *cursors);
    if (cursors == NULL)
        return OKR_ERR_NOMEM;
    hello->cursors = cursors;
    for (size_t i = 0; i < site->n_scopes; i++)
        if (site->scopes[i].cursor > 0)
            cursors[hello->n_cursors++] = (struct okr_cursor){
                site->scopes[i].scope, site->scopes[i].cursor};
    return OKR_OK;
}

static enum okr_err fill_hello(struct okr_turn *turn, struct okr_hello *hello)
{
    const struct okr_site *site = turn->site;
    *hello = (struct okr_hello){
        .version_min = OKR_WIRE_VERSION,
        .version_max = OKR_WIRE_VERSION,
        .frame_max = OKR_FRAME_MAX,
        .schema = OKR_SCHEMA_VERSION,
        .site = site->conf.site,
        .incarnation = site->incarnation,
    };
    if (site->n_epochs > 0)
        hello->epoch = site->epochs[site->n_epochs - 1];
    struct okr_slice last;
    enum okr_err err = okr_meta_get(turn->txn, "last_push", turn->arena, &last);
    if (err == OKR_OK && last.len == sizeof hello->last_push.b)
        memcpy(hello->last_push.b, last.data, last.len);
    else if (err != OKR_ERR_NOTFOUND)
        OKR_TRY(err == OKR_OK ? OKR_ERR_CORRUPT : err);
    OKR_TRY(okr_meta_u64(turn->txn, "seen_size", &hello->seen_size));
    return cursors_of(turn, hello);
}

/* Up to which sequence the server has answered everything: what it knows of
 * this incarnation when it hears this Hello cannot be less. */
static enum okr_err learn_answered(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    struct okr_pushed_out *rows;
    size_t n;
    OKR_TRY(okr_site_pushes(turn->txn, turn->arena, &rows, &n));
    site->hello_answered = site->push_from - 1;
    for (size_t i = n; i > 0; i--)
        if (!rows[i - 1].answered)
            site->hello_answered = rows[i - 1].first_seq - 1;
    return OKR_OK;
}

enum okr_err okr_site_hello(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    (void)msg;
    okr_site_link_reset(site);
    OKR_TRY(learn_answered(turn));
    site->world.retry_at = 0;
    /* Numbers of pulls and Hellos have the top bit, those of pushes do not. */
    site->request =
        UINT32_C(0x80000000) | (uint32_t)okr_site_random(site, 0x7fffffff);
    site->hello_request = site->request;
    site->hello_sent = turn->now;
    site->at[OKR_AT_HELLO] =
        turn->now + okr_site_patience(site, site->hello_tries);
    struct okr_msg hello = {.type = OKR_MSG_HELLO,
                            .request = site->hello_request};
    OKR_TRY(fill_hello(turn, &hello.u.hello));
    okr_trace(&site->conf.trace, "hello: epoch %u, %zu cursors",
              (unsigned)hello.u.hello.epoch.counter, hello.u.hello.n_cursors);
    return okr_effects_send(turn->fx, NULL, &hello);
}

enum okr_err okr_site_unanswered(struct okr_turn *turn,
                                 const struct okr_msg *msg)
{
    bool given_up;
    turn->site->hello_tries++;
    OKR_TRY(okr_site_timed_out(turn, &given_up));
    return given_up ? OKR_OK : okr_site_hello(turn, msg);
}

/* ---- Welcome ------------------------------------------------------------- */

bool okr_site_welcome_fits(const struct okr_site *site,
                           const struct okr_msg *msg)
{
    OKR_ASSERT(msg->type == OKR_MSG_WELCOME);
    return msg->request == site->hello_request && msg->u.welcome.n_epochs > 0 &&
           msg->u.welcome.n_epochs <= OKR_EPOCHS_MAX;
}

static enum okr_err learn_time(struct okr_turn *turn,
                               const struct okr_welcome *welcome)
{
    struct okr_site *site = turn->site;
    site->rtt = turn->now - site->hello_sent;
    if (site->rtt < 1)
        site->rtt = 1;
    okr_us beat = welcome->beat_ms * MS;
    site->beat = beat > 0 ? beat : site->conf.beat_ms * MS;
    if (welcome->time == 0)
        return OKR_OK;
    site->offset = welcome->time - turn->now;
    return okr_meta_put_u64(turn->txn, "offset_us", (uint64_t)site->offset);
}

static void learn_port(struct okr_site *site, struct okr_slice publish)
{
    size_t len = publish.len < sizeof site->publish - 1
                     ? publish.len
                     : sizeof site->publish - 1;
    memset(site->publish, 0, sizeof site->publish);
    if (len > 0)
        memcpy(site->publish, publish.data, len);
}

static bool same_epoch(const struct okr_site *site,
                       const struct okr_welcome *welcome)
{
    const struct okr_epoch *ours = &site->epochs[site->n_epochs - 1];
    const struct okr_epoch *theirs = &welcome->epochs[welcome->n_epochs - 1];
    OKR_ASSERT(site->n_epochs > 0);
    return ours->counter == theirs->counter &&
           memcmp(ours->random, theirs->random, sizeof ours->random) == 0;
}

/* Everything followed is pulled, after a while that spreads returning
 * fleets; pushes go out at once. */
static enum okr_err begin(struct okr_turn *turn,
                          const struct okr_welcome *welcome)
{
    struct okr_site *site = turn->site;
    for (size_t i = 0; i < welcome->n_heads; i++) {
        struct okr_site_scope *entry =
            okr_site_scope(site, welcome->heads[i].scope);
        if (entry != NULL && entry->head < welcome->heads[i].lsn)
            entry->head = welcome->heads[i].lsn;
    }
    okr_us at = turn->now + okr_site_jitter(site, welcome->spread_ms * MS);
    for (size_t i = 0; i < site->n_scopes; i++)
        okr_site_want(site, &site->scopes[i], at);
    site->rebuilds = 0;
    okr_site_heard(turn);
    /* SUB has a link of its own.  If that was heard on before, it goes on; if
     * not, only new subscriptions are answered with a Head. */
    OKR_TRY(okr_site_subscribe(turn, !site->head_met));
    return okr_site_resend(turn, true);
}

static enum okr_err other_org(struct okr_turn *turn)
{
    struct okr_msg refuse = {.type = OKR_MSG_REFUSE,
                             .u.refuse.code = OKR_REFUSAL_SITE};
    OKR_TRY(okr_site_raise(turn, OKR_SITE_ALARM_ORG));
    return okr_link_take(turn, OKR_HAPPENING_REFUSE, &refuse);
}

enum okr_err okr_site_welcome(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    const struct okr_welcome *welcome = &msg->u.welcome;
    const struct okr_epoch *epoch = &welcome->epochs[welcome->n_epochs - 1];
    site->at[OKR_AT_HELLO] = OKR_NEVER;
    okr_trace(&site->conf.trace, "welcome: epoch %u, last seq %llu",
              (unsigned)epoch->counter, (unsigned long long)welcome->last_seq);
    bool first = site->n_epochs == 0;
    bool other = !first && !same_epoch(site, welcome);
    if (!okr_id_eq(&welcome->org, &site->conf.org))
        return other_org(turn);
    site->hello_tries = site->world.retries = 0;
    site->world.refusal = 0;
    OKR_TRY(learn_time(turn, welcome));
    learn_port(site, welcome->publish);
    if (other) {
        OKR_TRY(okr_site_new_epoch(turn, welcome));
        return okr_link_take(turn, OKR_HAPPENING_AGAIN, NULL);
    }
    OKR_TRY(okr_site_adopt_epochs(turn, welcome));
    /* Somebody else spoke under this incarnation; or the server lost what it
     * had answered, and says it is the same server. */
    bool ahead = welcome->last_seq >= site->push_from;
    if (ahead || welcome->last_seq < site->hello_answered) {
        OKR_TRY(okr_site_raise(turn, ahead ? OKR_SITE_ALARM_FORK
                                           : OKR_SITE_ALARM_SPLIT));
        OKR_TRY(okr_site_reincarnate(turn));
        return okr_link_take(turn, OKR_HAPPENING_AGAIN, NULL);
    }
    return begin(turn, welcome);
}
