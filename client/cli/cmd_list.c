/* `okr list` and `okr search`: page by page, so that a long list keeps neither
 * the daemon nor this program busy with all of it at once. */
#include "client/cli/print.h"
#include "client/cli/run.h"
#include "common/base/hex.h"
#include "common/lang/text.h"

enum { TABLE_ROWS = 1000 }; /* in one table, with widths of its own */
#define PAGE_ROWS "1000"    /* looked at by the daemon at once */

struct listing {
    struct okr_run *run;
    size_t n_args;          /* without those of the page */
    json_t *rows;           /* not shown yet */
    bool begun, any;        /* of JSON: the array; something was shown */
    char after[OKR_ID_HEX]; /* empty: the first page */
};

static void ask_page(struct listing *l)
{
    struct okr_run *run = l->run;
    run->ask.n_args = l->n_args;
    okr_run_arg(run, "limit", PAGE_ROWS);
    if (l->after[0] != '\0')
        okr_run_arg(run, "after", l->after);
}

static void show_rows(struct listing *l)
{
    okr_print_list(&l->run->page, l->rows);
    okr_run_flush(l->run);
    (void)json_array_clear(l->rows);
    l->any = true;
}

static void take_rows(struct listing *l, const struct okr_reply *reply)
{
    json_t *rows = okr_run_parse(l->run, reply);
    if (rows == NULL)
        return;
    (void)json_array_extend(l->rows, rows);
    json_decref(rows);
    if (json_array_size(l->rows) >= TABLE_ROWS)
        show_rows(l);
}

/* The elements of the page's array, behind those of the pages before. */
static void put_json(struct listing *l, const struct okr_reply *reply)
{
    struct okr_buf *out = l->run->page.out;
    size_t len = reply->json.len;
    okr_buf_put(out, okr_slice_str(l->begun ? "" : "["));
    l->begun = true;
    if (len > 2) {
        okr_buf_put(out, okr_slice_str(l->any ? "," : ""));
        okr_buf_put(out, okr_slice_sub(reply->json, 1, len - 2));
        l->any = true;
    }
    okr_run_flush(l->run);
}

/* False: that was all, or there is trouble. */
static bool take_page(struct listing *l)
{
    struct okr_run *run = l->run;
    ask_page(l);
    if (!okr_run_send(run))
        return false;
    const struct okr_reply *reply = okr_run_next(run, OKR_RUN_WAIT_MS);
    if (reply == NULL)
        return false;
    if (run->line->json)
        put_json(l, reply);
    else
        take_rows(l, reply);
    bool more = reply->payload.len == OKR_ID_LEN && run->trouble.code == 0;
    if (more)
        okr_hex_encode(reply->payload, l->after);
    return more;
}

static void end(struct listing *l)
{
    struct okr_run *run = l->run;
    if (run->trouble.code != 0)
        return;
    if (run->line->json) {
        okr_buf_put(run->page.out, okr_slice_str("]"));
        okr_page_line_end(&run->page);
        return;
    }
    if (json_array_size(l->rows) > 0 || !l->any)
        show_rows(l);
    okr_run_age(run);
    okr_run_flush(run);
}

/* What went wrong outlives the page that told it. */
static void keep_trouble(struct okr_trouble *trouble, struct okr_arena *arena)
{
    const char **const texts[] = {&trouble->rule, &trouble->remedy};
    for (size_t i = 0; i < 2; i++) {
        const char *copy = *texts[i];
        if (copy != NULL)
            copy = okr_arena_str(arena, okr_slice_str(copy));
        *texts[i] = copy == NULL ? "" : copy;
    }
}

static void list(struct okr_run *run)
{
    struct listing l = {
        .run = run, .n_args = run->ask.n_args, .rows = json_array()};
    struct okr_arena *whole = run->arena, *page;
    if (l.rows == NULL || okr_arena_new(OKR_ARENA_UNBOUNDED, &page) != OKR_OK) {
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed",
                        N_("free memory"), _("out of memory"));
        json_decref(l.rows);
        return;
    }
    run->arena = run->page.arena = page;
    while (take_page(&l))
        okr_arena_reset(page);
    run->arena = run->page.arena = whole;
    if (run->trouble.code != 0)
        keep_trouble(&run->trouble, whole);
    end(&l);
    okr_arena_free(&page);
    json_decref(l.rows);
}

void okr_cmd_list(struct okr_run *run)
{
    okr_run_ask(run, "list");
    okr_run_options(run);
    list(run);
}

/* Several words are one text: okr search customer care. */
void okr_cmd_search(struct okr_run *run)
{
    okr_run_ask(run, "search");
    okr_run_arg(run, "text", okr_run_text(run, 0));
    okr_run_options(run);
    list(run);
}
