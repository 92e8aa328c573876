/* import and export: a file to the daemon, the daemon's copy as a file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/cli/print.h"
#include "client/cli/run.h"
#include "common/base/limits.h"
#include "common/lang/text.h"

#define FILE_MAX (OKR_LOCAL_MAX - 64 * 1024) /* room for the question */
#define LONG_MS (600 * 1000)

/* ---- import -------------------------------------------------------------- */

static void read_all(struct okr_run *run, FILE *file, struct okr_buf *text)
{
    uint8_t part[65536];
    size_t n;
    while ((n = fread(part, 1, sizeof part, file)) > 0 &&
           text->len + n <= FILE_MAX)
        okr_buf_put(text, okr_slice_of(part, n));
    if (ferror(file))
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed",
                        N_("name a file that can be read"), "%s: %s",
                        run->line->words[0], strerror(errno));
    else if (n > 0)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "too_large",
                        N_("import it in parts"),
                        _("%s is larger than %d bytes"), run->line->words[0],
                        FILE_MAX);
}

static void read_file(struct okr_run *run, struct okr_buf *text)
{
    bool standard = strcmp(run->line->words[0], "-") == 0;
    FILE *file = standard ? stdin : fopen(run->line->words[0], "rb");
    if (file == NULL) {
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed",
                        N_("name a file that can be read"), "%s: %s",
                        run->line->words[0], strerror(errno));
        return;
    }
    read_all(run, file, text);
    if (!standard)
        (void)fclose(file);
}

static void print_notes(struct okr_run *run, const json_t *root,
                        const char *key, enum okr_tone tone)
{
    const json_t *notes = json_object_get(root, key);
    for (size_t i = 0; i < json_array_size(notes); i++) {
        const json_t *one = json_array_get(notes, i);
        const char *text = json_string_value(json_object_get(one, "message"));
        const char *column = json_string_value(json_object_get(one, "column"));
        json_int_t row = json_integer_value(json_object_get(one, "row"));
        char place[80] = "";
        if (row > 0)
            (void)snprintf(place, sizeof place, "%lld%s%s: ", (long long)row,
                           column[0] == '\0' ? "" : " ", column);
        okr_page_text(&run->page, tone, place);
        okr_page_text(&run->page, OKR_TONE_PLAIN, text == NULL ? "" : text);
        okr_page_line_end(&run->page);
    }
}

static void print_import(struct okr_run *run, const json_t *root)
{
    static const char *const keys[] = {"create", "update", "unchanged"};
    char number[40];
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        (void)snprintf(
            number, sizeof number, " %lld%s",
            (long long)json_integer_value(json_object_get(root, keys[i])),
            i < 2 ? ", " : "");
        okr_page_text(&run->page, OKR_TONE_PLAIN, _(keys[i]));
        okr_page_text(&run->page, OKR_TONE_PLAIN, number);
    }
    okr_page_line_end(&run->page);
    print_notes(run, root, "errors", OKR_TONE_BAD);
    print_notes(run, root, "warnings", OKR_TONE_FAINT);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* An import that was refused in part has its list, too. */
void okr_cmd_import(struct okr_run *run)
{
    struct okr_buf text;
    struct okr_reply *reply = NULL;
    okr_buf_init(&text, run->arena);
    read_file(run, &text);
    okr_run_ask(run, "import");
    okr_run_options(run);
    okr_run_arg(run, "source", name_of(run->line->words[0]));
    run->ask.blob = okr_buf_slice(&text);
    if (run->trouble.code != 0 || !okr_run_send(run))
        return;
    enum okr_err err = okr_asker_next(run->asker, LONG_MS, run->arena, &reply);
    if (err == OKR_OK && reply->json.len > 0 && run->line->json) {
        okr_buf_put(run->page.out, reply->json);
        okr_page_line_end(&run->page);
    } else if (err == OKR_OK && reply->json.len > 0) {
        json_t *root = okr_run_parse(run, reply);
        if (root != NULL)
            print_import(run, root);
        json_decref(root);
    }
    okr_run_flush(run);
    (void)okr_run_judge(run, err, reply);
}

/* ---- export -------------------------------------------------------------- */

void okr_cmd_export(struct okr_run *run)
{
    const struct okr_reply *reply;
    okr_run_ask(run, "export");
    okr_run_options(run);
    if (!okr_run_send(run))
        return;
    do {
        reply = okr_run_next(run, LONG_MS);
        if (reply != NULL) {
            okr_buf_put(run->page.out, reply->payload);
            okr_run_flush(run);
        }
    } while (reply != NULL && reply->more && run->trouble.code == 0);
}
