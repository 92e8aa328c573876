/* import: read a file, plan what it would change, then do it. */
#include "server/shell/importing.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/crypto/keyfile.h"
#include "common/import/import.h"
#include "common/import/whole.h"
#include "common/lang/text.h"
#include "common/model/dates.h"
#include "common/net/net.h"
#include "common/net/room.h"
#include "server/shell/log.h"
#include "server/shell/renew.h"

/* Operations of one turn: a commit each, and others wait no longer. */
enum { TURN_OPS = 128 };
_Static_assert((int)TURN_OPS <= (int)OKR_TURN_OPS_MAX,
               "more than a turn takes");

enum phase { READING, WHOLE, PLANNING, DOING, OVER };

struct okr_importing {
    struct okr_arena *arena; /* of all of it */
    struct okr_arena *turn;  /* of one turn's operations */
    struct okr_ask ask;
    struct okr_call call;
    struct okr_view view;
    struct okr_import_conf conf;
    struct okr_import_reader *reader;
    struct okr_planning *planning;
    struct okr_import_plan *plan;
    struct okr_whole whole; /* an export that an empty server takes in */
    bool adopts;
    enum phase phase;
    size_t at;      /* the next payload */
    size_t refused; /* so far */
};

/* ---- what is asked for --------------------------------------------------- */

static void read_day(struct okr_call *call, const char *name, bool *ret_has,
                     okr_day *ret_day)
{
    struct okr_slice typed = okr_call_arg(call, name);
    *ret_has = typed.len > 0;
    if (*ret_has && !okr_day_parse(typed, ret_day))
        okr_fault_usage(&call->fault, "write it as 2026-01-31",
                        "--%s: `%.*s` is no day", name, (int)typed.len,
                        (const char *)typed.data);
}

static enum okr_import_format read_format(struct okr_call *call)
{
    struct okr_slice word = okr_call_arg(call, "format");
    enum okr_import_format format = OKR_IMPORT_ANY;
    if (word.len == 0)
        return okr_import_guess(okr_call_arg(call, "source"), call->ask->blob);
    if (!okr_import_format_of(word, &format))
        okr_fault_usage(&call->fault, "one of markdown, csv, json",
                        "--format: `%.*s` is not read", (int)word.len,
                        (const char *)word.data);
    return format;
}

static bool is_dry(const struct okr_call *call)
{
    struct okr_slice dry = okr_call_arg(call, "dry_run");
    return okr_slice_is(dry, "true") || okr_slice_is(dry, "yes");
}

static enum okr_err start(struct okr_importing *i)
{
    struct okr_call *call = &i->call;
    enum okr_import_format format = read_format(call);
    if (!is_dry(call) && okr_room_is_low(call->server->dir))
        okr_fault_refuse(&call->fault, "disk_full",
                         "free space on the disk that holds the folder",
                         "less than %d MiB are free: nothing was saved",
                         OKR_ROOM_MIB_MIN);
    OKR_TRY(okr_view_open(call, &i->view));
    i->conf = (struct okr_import_conf){
        .space = i->view.space,
        .cycle = okr_call_arg(call, "cycle"),
        .source = okr_call_arg(call, "source"),
        .person = i->view.person,
        .epoch = i->view.epoch,
        .now = call->now,
        .offset_min = i->view.offset_min,
    };
    read_day(call, "start", &i->conf.has_start, &i->conf.start);
    read_day(call, "end", &i->conf.has_end, &i->conf.end);
    okr_random(i->conf.entropy, sizeof i->conf.entropy);
    if (okr_faulty(&call->fault))
        return OKR_OK;
    i->adopts = format == OKR_IMPORT_JSON && okr_whole_is(call->ask->blob);
    i->phase = i->adopts ? WHOLE : READING;
    if (i->adopts)
        return OKR_OK;
    return okr_import_read_begin(format, call->ask->blob, i->arena, &i->reader);
}

/* ---- doing it ------------------------------------------------------------ */

static enum okr_err note_refused(struct okr_importing *i, size_t at,
                                 const struct okr_verdict *verdict)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    okr_problem_of(verdict, i->plan->payloads[at].kind, &problem);
    i->refused++;
    return okr_import_say(&i->plan->errors, i->arena, i->plan->lines[at], "",
                          okr_rule_name(problem.rule), "%s: %s", problem.what,
                          problem.remedy);
}

/* In the turn: the hub knows the answers only then. */
static void decided(void *context, struct okr_kv_txn *txn,
                    const struct okr_hub_event *event)
{
    struct okr_importing *i = context;
    size_t n;
    const struct okr_answer *answers =
        okr_hub_local_answers(i->call.server->hub, &n);
    enum okr_err err = OKR_OK;
    (void)txn;
    OKR_ASSERT(n == event->n_ops);
    for (size_t k = 0; k < n && err == OKR_OK; k++)
        if (!okr_verdict_is_in(&answers[k].verdict))
            err = note_refused(i, i->at + k, &answers[k].verdict);
    if (err != OKR_OK)
        okr_fault_world(&i->call.fault, err, "import");
}

static enum okr_err do_some(struct okr_importing *i, size_t n)
{
    struct okr_call call = i->call;
    okr_arena_reset(i->turn);
    call.arena = i->turn;
    call.now = okr_net_now();
    struct okr_op *ops = okr_arena_array(i->turn, n, sizeof *ops);
    if (ops == NULL)
        return OKR_ERR_NOMEM;
    struct okr_hub_event event = {.kind = OKR_HUB_LOCAL,
                                  .now = call.now,
                                  .ops = ops,
                                  .n_ops = n,
                                  .authority = i->adopts};
    const struct okr_stepped stepped = {decided, i};
    for (size_t k = 0; k < n; k++)
        OKR_TRY(okr_call_op(&call, &i->view.person,
                            &i->plan->payloads[i->at + k], &ops[k]));
    okr_random(event.entropy, sizeof event.entropy);
    return okr_server_turn(call.server, &event, 1, &stepped);
}

static void refuse_all(struct okr_importing *i)
{
    const struct okr_import_note *why =
        &i->plan->errors.at[i->plan->errors.n - 1];
    okr_fault_refuse(&i->call.fault, why->rule,
                     "import as an admin or a champion: --as MAIL",
                     "nothing was imported: %s", why->message);
    i->phase = OVER;
}

/* Alone the batch: if it is refused, all that belongs to it would be. */
static enum okr_err do_next(struct okr_importing *i)
{
    size_t left = i->plan->n - i->at;
    size_t n = i->at == 0 ? 1 : left < TURN_OPS ? left : TURN_OPS;
    if (left > 0)
        OKR_TRY(do_some(i, n));
    i->at += left > 0 ? n : 0;
    if (i->at == 1 && i->refused > 0 && !i->adopts) {
        refuse_all(i);
        return OKR_OK;
    }
    if (i->at < i->plan->n)
        return OKR_OK;
    i->phase = OVER;
    if (i->refused > 0)
        okr_fault_refuse(&i->call.fault, NULL,
                         "the list of errors says which, and why; an import "
                         "that is repeated changes only what is missing",
                         "%zu of %zu changes were refused", i->refused,
                         i->plan->n);
    return OKR_OK;
}

/* ---- steps --------------------------------------------------------------- */

static void planned(struct okr_importing *i)
{
    i->plan = okr_import_plan_of(i->planning);
    okr_view_close(&i->view);
    i->call.lists_faults = true;
    i->phase = is_dry(&i->call) ? OVER : DOING;
    if (i->plan->impossible == NULL)
        return;
    i->phase = OVER;
    okr_fault_refuse(&i->call.fault, NULL, "nothing was changed", "%s",
                     i->plan->impossible);
}

/* An export replaces what `init` made, and everything is as it was there. */
static enum okr_err take_whole(struct okr_importing *i)
{
    bool empty;
    OKR_TRY(okr_whole_fits(&i->view.space, &empty));
    OKR_TRY(okr_whole_read(i->ask.blob, i->arena, &i->whole));
    okr_view_close(&i->view);
    i->plan = &i->whole.plan;
    i->call.lists_faults = true;
    if (!empty)
        okr_fault_refuse(&i->call.fault, "not_empty",
                         "make an empty one: okr-server init DIR",
                         "the export of a company goes into an empty server, "
                         "and this one is not: nothing was changed");
    else if (i->plan->impossible != NULL)
        okr_fault_refuse(&i->call.fault, NULL, "nothing was changed", "%s",
                         i->plan->impossible);
    i->phase = OVER;
    if (okr_faulty(&i->call.fault) || is_dry(&i->call))
        return OKR_OK;
    i->phase = DOING;
    i->view.person = i->whole.person;
    OKR_TRY(okr_server_renew(i->call.server, &i->whole));
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(i->call.server->kv, false, &txn));
    struct okr_space space = {.txn = txn, .arena = i->arena};
    enum okr_err err = okr_whole_settle(&i->whole, &space);
    okr_kv_abort(&txn);
    return err;
}

static enum okr_err step(struct okr_importing *i)
{
    bool done;
    if (i->phase == DOING)
        return do_next(i);
    if (i->phase == WHOLE)
        return take_whole(i);
    if (i->phase == READING) {
        OKR_TRY(okr_import_read_step(i->reader, &done));
        if (!done)
            return OKR_OK;
        i->phase = PLANNING;
        return okr_import_plan_begin(&i->conf, okr_import_read_doc(i->reader),
                                     &i->planning);
    }
    OKR_TRY(okr_import_plan_step(i->planning, &done));
    if (done)
        planned(i);
    return OKR_OK;
}

bool okr_importing_step(struct okr_importing *i)
{
    okr_text_language(okr_slice_is(i->ask.language, "zh"));
    if (i->phase != OVER && !okr_faulty(&i->call.fault)) {
        enum okr_err err = step(i);
        if (err != OKR_OK) {
            okr_log(OKR_LOG_ERROR, "import: %s", okr_err_text(err));
            okr_fault_world(&i->call.fault, err, i->call.server->dir);
        }
    }
    return i->phase == OVER || okr_faulty(&i->call.fault);
}

/* ---- its life ------------------------------------------------------------ */

static struct okr_slice kept(struct okr_importing *i, struct okr_slice s,
                             bool *bad)
{
    struct okr_slice copy = okr_arena_copy(i->arena, s);
    *bad = *bad || copy.data == NULL;
    return copy;
}

static enum okr_err copy_ask(struct okr_importing *i, const struct okr_ask *ask)
{
    bool bad = false;
    i->ask = (struct okr_ask){.method = kept(i, ask->method, &bad),
                              .as_mail = kept(i, ask->as_mail, &bad),
                              .language = kept(i, ask->language, &bad),
                              .blob = kept(i, ask->blob, &bad)};
    i->ask.args = okr_arena_array(i->arena, ask->n_args, sizeof *i->ask.args);
    if (i->ask.args == NULL)
        return OKR_ERR_NOMEM;
    for (size_t k = 0; k < ask->n_args; k++)
        i->ask.args[i->ask.n_args++] =
            (struct okr_arg){kept(i, ask->args[k].name, &bad),
                             kept(i, ask->args[k].value, &bad)};
    return bad ? OKR_ERR_NOMEM : OKR_OK;
}

enum okr_err okr_importing_begin(const struct okr_asked *asked,
                                 struct okr_importing **ret)
{
    struct okr_importing *i = calloc(1, sizeof *i);
    if (i == NULL)
        return OKR_ERR_NOMEM;
    enum okr_err err = okr_arena_new(OKR_ARENA_UNBOUNDED, &i->arena);
    if (err == OKR_OK)
        err = okr_arena_new(OKR_ARENA_UNBOUNDED, &i->turn);
    if (err == OKR_OK)
        err = copy_ask(i, asked->ask);
    if (err == OKR_OK) {
        i->call = (struct okr_call){.server = asked->server,
                                    .ask = &i->ask,
                                    .arena = i->arena,
                                    .listen = asked->listen,
                                    .now = okr_net_now()};
        okr_buf_init(&i->call.text, i->arena);
        okr_json_init(&i->call.json, &i->call.text);
        err = start(i);
    }
    if (err == OKR_OK)
        *ret = i;
    else
        okr_importing_free(&i);
    return err;
}

void okr_importing_reply(struct okr_importing *i, struct okr_reply *ret_reply)
{
    *ret_reply = (struct okr_reply){.code = OKR_REPLY_DONE};
    if (i->call.lists_faults)
        okr_import_json(i->plan, &i->call.json);
    if (i->call.text.err != OKR_OK)
        okr_fault_world(&i->call.fault, i->call.text.err, i->call.server->dir);
    if (okr_faulty(&i->call.fault))
        okr_fault_reply(&i->call.fault, ret_reply);
    if (i->call.lists_faults && i->call.text.err == OKR_OK)
        ret_reply->json = okr_buf_slice(&i->call.text);
}

void okr_importing_free(struct okr_importing **importing)
{
    struct okr_importing *i = *importing;
    if (i == NULL)
        return;
    okr_view_close(&i->view);
    okr_import_read_free(&i->reader);
    okr_arena_free(&i->turn);
    okr_arena_free(&i->arena);
    free(i);
    *importing = NULL;
}
