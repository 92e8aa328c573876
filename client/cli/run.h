/* One run of `okr`: the line, the daemon, the page, what went wrong. */
#ifndef CLIENT_CLI_RUN_H
#define CLIENT_CLI_RUN_H

#include "client/cli/line.h"
#include "client/cli/page.h"
#include "client/cli/signer.h"
#include "common/net/local.h"

enum {
    OKR_RUN_ARGS_MAX = 2 * OKR_LINE_WORDS_MAX,
    OKR_RUN_NAMES_MAX = 64,
    OKR_RUN_WAIT_MS = 900, /* a daemon that does not answer: 1 s in all */
};

struct okr_run {
    const struct okr_line *line;
    struct okr_arena *arena;
    struct okr_page page;
    struct okr_trouble trouble;
    struct okr_asker *asker; /* NULL until something is asked */
    struct okr_signer signer;
    struct okr_ask ask;
    struct okr_arg args[OKR_RUN_ARGS_MAX];
    struct {
        const char *id, *text;
    } names[OKR_RUN_NAMES_MAX];
    size_t n_names;
};

/* ---- asking -------------------------------------------------------------- */
/* The folder of the site: --site, else $OKR_SITE, else the system's. */
const char *okr_run_site(const struct okr_run *run);
void okr_run_ask(struct okr_run *run, const char *method);
void okr_run_arg(struct okr_run *run, const char *name, const char *value);
void okr_run_options(struct okr_run *run); /* all that were given */
/* The words from `from` on as one text. */
const char *okr_run_text(struct okr_run *run, size_t from);
/* Sends what was put together.  False: trouble. */
bool okr_run_send(struct okr_run *run);
/* The next answer, in the run's arena; NULL: trouble. */
const struct okr_reply *okr_run_next(struct okr_run *run, okr_ms wait_ms);
/* What `okr_asker_next` gave: the answer, or NULL and trouble. */
const struct okr_reply *okr_run_judge(struct okr_run *run, enum okr_err err,
                                      const struct okr_reply *reply);
/* Both, and the answer's JSON, which the caller decrefs.  NULL: trouble, or
 * --json was given and the answer was written as it came. */
json_t *okr_run_answer(struct okr_run *run);
/* What okr_run_answer() makes of a reply. */
json_t *okr_run_finish(struct okr_run *run, const struct okr_reply *reply);
/* Sends, and the JSON of the next answer, whatever the options say. */
json_t *okr_run_object(struct okr_run *run);
json_t *okr_run_parse(struct okr_run *run, const struct okr_reply *reply);

/* ---- telling ------------------------------------------------------------- */
okr_us okr_run_now(void);                /* the clock of this machine */
void okr_run_flush(struct okr_run *run); /* what the page holds, to stdout */
/* How old the data is, unless it is live. */
void okr_run_age(struct okr_run *run);
/* The same as one line of text, in the arena; NULL while it is live. */
const char *okr_run_age_text(struct okr_run *run);
/* A member `name` of the page: asks what an id stands for. */
const char *okr_run_name(void *run, const char *id);

/* ---- commands ------------------------------------------------------------ */
void okr_cmd_status(struct okr_run *run);
void okr_cmd_tree(struct okr_run *run);
void okr_cmd_list(struct okr_run *run);
void okr_cmd_show(struct okr_run *run);
void okr_cmd_search(struct okr_run *run);
void okr_cmd_log(struct okr_run *run);
void okr_cmd_conflicts(struct okr_run *run);
void okr_cmd_refused(struct okr_run *run);
void okr_cmd_whoami(struct okr_run *run);
void okr_cmd_add(struct okr_run *run);
void okr_cmd_set(struct okr_run *run); /* set, revise */
void okr_cmd_score(struct okr_run *run);
void okr_cmd_verb(struct okr_run *run); /* archive, publish, start, … */
void okr_cmd_checkin(struct okr_run *run);
void okr_cmd_todo(struct okr_run *run);
void okr_cmd_board(struct okr_run *run);
void okr_cmd_calendar(struct okr_run *run);
void okr_cmd_report(struct okr_run *run);
void okr_cmd_say(struct okr_run *run); /* propose, vote, focus, … */
void okr_cmd_kudos(struct okr_run *run);
void okr_cmd_standup(struct okr_run *run);
void okr_cmd_completion(struct okr_run *run);
void okr_cmd_end(struct okr_run *run); /* publish, close */
void okr_cmd_carry_over(struct okr_run *run);
void okr_cmd_hints(struct okr_run *run);
void okr_cmd_comment(struct okr_run *run);
void okr_cmd_resolve(struct okr_run *run);
void okr_cmd_retry(struct okr_run *run);
void okr_cmd_watch(struct okr_run *run);
void okr_cmd_key(struct okr_run *run);
void okr_cmd_import(struct okr_run *run);
void okr_cmd_export(struct okr_run *run);
void okr_cmd_help(struct okr_run *run);

#endif
