/* Asking the site daemon, and what is said when it does not answer. */
#include "client/cli/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/print.h"
#include "common/lang/text.h"
#include "common/net/net.h"

#define SITE_DEFAULT "/var/lib/okr-site"

const char *okr_run_site(const struct okr_run *run)
{
    const char *site = run->line->site;
    if (site == NULL)
        site = getenv("OKR_SITE");
    return site == NULL || site[0] == '\0' ? SITE_DEFAULT : site;
}

/* ---- putting a question together ----------------------------------------- */

void okr_run_ask(struct okr_run *run, const char *method)
{
    run->ask = (struct okr_ask){.method = okr_slice_str(method),
                                .args = run->args,
                                .as_mail = okr_slice_str(run->line->as_mail)};
    /* Programs read JSON: it is the same wherever they run. */
    if (okr_text_is_chinese() && !run->line->json)
        run->ask.language = OKR_SLICE_LIT("zh");
}

void okr_run_arg(struct okr_run *run, const char *name, const char *value)
{
    if (value == NULL)
        return;
    if (run->ask.n_args == OKR_RUN_ARGS_MAX)
        okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "too_long",
                        N_("split it into several commands"),
                        _("there are too many options"));
    else
        run->args[run->ask.n_args++] =
            (struct okr_arg){okr_slice_str(name), okr_slice_str(value)};
}

void okr_run_options(struct okr_run *run)
{
    for (size_t i = 0; i < run->line->n_options; i++)
        okr_run_arg(run, run->line->options[i].name,
                    run->line->options[i].value);
}

const char *okr_run_text(struct okr_run *run, size_t from)
{
    const char *text = "";
    for (size_t i = from; i < run->line->n_words && text != NULL; i++)
        text = okr_arena_printf(run->arena, "%s%s%s", text, i > from ? " " : "",
                                run->line->words[i]);
    return text;
}

/* ---- asking -------------------------------------------------------------- */

static void say_no_site(struct okr_run *run)
{
    const char *dir = okr_run_site(run);
    if (access(dir, X_OK) != 0 && errno == EACCES)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "not_permitted",
                        N_("ask who runs the site to add you to its group"),
                        _("the site's folder %s is closed to you"), dir);
    else if (access(dir, F_OK) != 0)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "no_site",
                        N_("say where the site is: --site DIR or $OKR_SITE"),
                        _("there is no site in %s"), dir);
    else
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "no_daemon",
                        N_("start it: okr-site run DIR, or systemctl start "
                           "okr-site"),
                        _("the site daemon of %s does not run"), dir);
}

static void say_failed(struct okr_run *run, enum okr_err err)
{
    if (err == OKR_ERR_TIMEOUT)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "no_answer",
                        N_("see whether okr-site runs; okr status tells what "
                           "was saved"),
                        _("the site daemon of %s does not answer"),
                        okr_run_site(run));
    else
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed",
                        N_("see the daemon's log: journalctl -u okr-site"),
                        _("the site daemon of %s cannot be asked: %s"),
                        okr_run_site(run), _(okr_err_text(err)));
}

bool okr_run_send(struct okr_run *run)
{
    enum okr_err err = OKR_OK;
    if (run->trouble.code != 0)
        return false;
    if (run->asker == NULL)
        err = okr_asker_open(okr_run_site(run), &run->asker);
    if (err == OKR_ERR_NOTFOUND) {
        say_no_site(run);
        return false;
    }
    if (err == OKR_OK)
        err = okr_asker_send(run->asker, &run->ask);
    if (err != OKR_OK)
        say_failed(run, err);
    return err == OKR_OK;
}

static const char *kept(struct okr_run *run, struct okr_slice text)
{
    const char *copy = okr_arena_str(run->arena, text);
    return copy == NULL ? "" : copy;
}

static void keep_offenders(struct okr_run *run, const struct okr_reply *reply)
{
    json_t *root =
        json_loadb((const char *)reply->json.data, reply->json.len, 0, NULL);
    if (run->trouble.code == 0)
        run->trouble.offenders =
            json_incref(json_object_get(root, "offenders"));
    json_decref(root);
}

const struct okr_reply *okr_run_judge(struct okr_run *run, enum okr_err err,
                                      const struct okr_reply *reply)
{
    if (err != OKR_OK) {
        say_failed(run, err);
        /* An answer that comes late must not be taken for the next one's. */
        okr_asker_close(&run->asker);
        return NULL;
    }
    if (reply->code == OKR_REPLY_DONE)
        return reply;
    keep_offenders(run, reply);
    okr_trouble_say(&run->trouble,
                    reply->code == OKR_REPLY_USAGE ? OKR_REPLY_USAGE
                                                   : OKR_REPLY_REFUSED,
                    kept(run, reply->rule), kept(run, reply->remedy), "%s",
                    kept(run, reply->error));
    return NULL;
}

const struct okr_reply *okr_run_next(struct okr_run *run, okr_ms wait_ms)
{
    struct okr_reply *reply = NULL;
    enum okr_err err = okr_asker_next(run->asker, wait_ms, run->arena, &reply);
    return okr_run_judge(run, err, reply);
}

json_t *okr_run_parse(struct okr_run *run, const struct okr_reply *reply)
{
    json_t *root = json_loadb((const char *)reply->json.data, reply->json.len,
                              JSON_DECODE_ANY, NULL);
    if (root == NULL)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "malformed",
                        N_("upgrade okr and okr-site to one version"),
                        _("the daemon's answer cannot be read"));
    return root;
}

json_t *okr_run_finish(struct okr_run *run, const struct okr_reply *reply)
{
    if (reply == NULL)
        return NULL;
    if (!run->line->json)
        return okr_run_parse(run, reply);
    okr_buf_put(run->page.out, reply->json);
    okr_page_line_end(&run->page);
    return NULL;
}

json_t *okr_run_answer(struct okr_run *run)
{
    if (!okr_run_send(run))
        return NULL;
    return okr_run_finish(run, okr_run_next(run, OKR_RUN_WAIT_MS));
}

json_t *okr_run_object(struct okr_run *run)
{
    if (!okr_run_send(run))
        return NULL;
    const struct okr_reply *reply = okr_run_next(run, OKR_RUN_WAIT_MS);
    return reply == NULL ? NULL : okr_run_parse(run, reply);
}

/* ---- telling ------------------------------------------------------------- */

okr_us okr_run_now(void)
{
    return okr_net_now();
}

void okr_run_flush(struct okr_run *run)
{
    struct okr_buf *out = run->page.out;
    bool good =
        out->err == OKR_OK &&
        (out->len == 0 || fwrite(out->data, 1, out->len, stdout) == out->len) &&
        fflush(stdout) == 0;
    out->len = 0;
    if (!good)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed",
                        N_("see whether the disk or the pipe is open"),
                        _("the answer could not be written"));
}

/* A question beside what was asked for: its failure is nobody's trouble. */
static json_t *ask_aside(struct okr_run *run)
{
    struct okr_trouble before = run->trouble;
    json_t *root = NULL;
    if (okr_run_send(run)) {
        const struct okr_reply *reply = okr_run_next(run, OKR_RUN_WAIT_MS);
        if (reply != NULL)
            root = okr_run_parse(run, reply);
    }
    run->trouble = before;
    return root;
}

void okr_run_age(struct okr_run *run)
{
    okr_run_ask(run, "status");
    json_t *status = ask_aside(run);
    if (status != NULL)
        okr_print_age(&run->page, status);
    json_decref(status);
}

const char *okr_run_age_text(struct okr_run *run)
{
    struct okr_page before = run->page;
    struct okr_buf text;
    okr_buf_init(&text, run->arena);
    run->page.out = &text;
    run->page.colour = false;
    okr_run_age(run);
    run->page = before;
    while (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    return text.len == 0 ? NULL
                         : okr_arena_str(run->arena, okr_buf_slice(&text));
}

static const char *ask_name(struct okr_run *run, const char *id)
{
    const char *text = id;
    okr_run_ask(run, "show");
    okr_run_arg(run, "ref", id);
    json_t *entity = ask_aside(run);
    const char *title = json_string_value(json_object_get(entity, "title"));
    const char *ref = json_string_value(json_object_get(entity, "ref"));
    bool short_name = okr_member_is(entity, "kind", "person") ||
                      okr_member_is(entity, "kind", "unit") ||
                      okr_member_is(entity, "kind", "site");
    if (title != NULL && short_name)
        text = okr_arena_str(run->arena, okr_slice_str(title));
    else if (ref != NULL)
        text = okr_arena_printf(run->arena, "%s%s%s", ref,
                                title == NULL ? "" : "  ",
                                title == NULL ? "" : title);
    json_decref(entity);
    return text == NULL ? id : text;
}

const char *okr_run_name(void *context, const char *id)
{
    struct okr_run *run = context;
    for (size_t i = 0; i < run->n_names; i++)
        if (strcmp(run->names[i].id, id) == 0)
            return run->names[i].text;
    if (run->n_names == OKR_RUN_NAMES_MAX)
        return id;
    const char *text = ask_name(run, id);
    run->names[run->n_names].id = id;
    run->names[run->n_names++].text = text;
    return text;
}
