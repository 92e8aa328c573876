/* `okr whoami`: in whose name this terminal writes, and with which key. */
#include <stdlib.h>

#include "client/cli/print.h"
#include "client/cli/run.h"
#include "common/lang/text.h"

/* What only this side knows of the key beside what the daemon knows of it. */
static void add_key(const struct okr_signer *signer, json_t *root)
{
    json_t *key = json_object_get(root, "key");
    if (signer->path == NULL)
        return;
    if (!json_is_object(key)) {
        (void)json_object_set_new(root, "key",
                                  json_pack("{s:n,s:n,s:s,s:b}", "id", "ref",
                                            "state", "unknown", "pending", 0));
        key = json_object_get(root, "key");
    }
    (void)json_object_set_new(key, "fingerprint",
                              json_string(signer->fingerprint));
    (void)json_object_set_new(key, "public_key", json_string(signer->hex));
    (void)json_object_set_new(key, "path", json_string(signer->path));
}

static void print_key(struct okr_page *page, const struct okr_signer *signer,
                      const json_t *key)
{
    const char *ref = okr_member(page, key, "ref");
    if (signer->path == NULL)
        okr_page_text(page, OKR_TONE_FAINT, _("no key is in use"));
    else if (ref[0] == '\0')
        okr_buf_printf(page->out,
                       _("the key in use is not known at headquarters: %s, in "
                         "%s"),
                       signer->fingerprint, signer->path);
    else if (okr_member_yes(key, "pending"))
        okr_buf_printf(page->out,
                       _("key in use: %s (%s), saved here, headquarters does "
                         "not know it yet"),
                       ref, signer->fingerprint);
    else
        okr_buf_printf(
            page->out, _("key in use: %s (%s), known at headquarters: %s"), ref,
            signer->fingerprint, okr_word(okr_member(page, key, "state")));
    okr_page_line_end(page);
}

static void print(struct okr_run *run, const struct okr_signer *signer,
                  json_t *root)
{
    struct okr_page *page = &run->page;
    if (run->line->json) {
        char *text = json_dumps(root, JSON_COMPACT);
        okr_buf_printf(page->out, "%s", text == NULL ? "" : text);
        okr_page_line_end(page);
        free(text);
        return;
    }
    json_t *key = json_incref(json_object_get(root, "key"));
    (void)json_object_del(root, "key");
    okr_print_show(page, root);
    print_key(page, signer, key);
    json_decref(key);
}

void okr_cmd_whoami(struct okr_run *run)
{
    struct okr_signer *signer = &run->signer;
    const char *path = okr_signer_used(run);
    if (run->trouble.code != 0 ||
        (path != NULL && !okr_signer_look(run, path, signer)))
        return;
    okr_run_ask(run, "whoami");
    if (path != NULL)
        okr_run_arg(run, "public_key", signer->hex);
    json_t *root = okr_run_object(run);
    if (root == NULL)
        return;
    add_key(signer, root);
    print(run, signer, root);
    okr_run_flush(run);
    json_decref(root);
}
