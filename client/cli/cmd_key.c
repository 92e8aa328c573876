/* `okr key`: the key of the person at this keyboard. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/cli/run.h"
#include "common/lang/text.h"
#include "common/base/hex.h"
#include "common/base/json.h"
#include "common/crypto/keyfile.h"

struct key {
    const char *path;
    uint8_t seed[OKR_SIGN_SEED_LEN]; /* wiped after use */
    struct okr_pk public;
    char hex[2 * OKR_SIGN_PK_LEN + 1];
    char fingerprint[OKR_FINGERPRINT_LEN];
};

static const char *key_path(struct okr_run *run)
{
    const char *home = getenv("HOME");
    if (home == NULL || home[0] == '\0') {
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed",
                        N_("set $HOME to your home folder"),
                        _("it is not known where your home folder is"));
        return NULL;
    }
    return okr_arena_printf(run->arena, "%s/.config/okr/person.key", home);
}

/* Makes the folders above the file, for their owner only. */
static bool make_folders(struct okr_run *run, const char *path)
{
    char *copy = okr_arena_str(run->arena, okr_slice_str(path));
    for (char *c = copy + 1; c != NULL && *c != '\0'; c++) {
        if (*c != '/')
            continue;
        *c = '\0';
        if (mkdir(copy, S_IRWXU) != 0 && errno != EEXIST) {
            okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed",
                            N_("see whether the folder above is writable"),
                            _("%s cannot be made: %s"), copy, strerror(errno));
            return false;
        }
        *c = '/';
    }
    return copy != NULL;
}

static bool describe(struct okr_run *run, struct key *key)
{
    struct okr_sk *sk = NULL;
    enum okr_err err = okr_sk_from_seed(key->seed, &sk);
    explicit_bzero(key->seed, sizeof key->seed);
    if (err != OKR_OK) {
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed", "", "%s",
                        okr_err_text(err));
        return false;
    }
    key->public = okr_sk_public(sk);
    okr_sk_free(&sk);
    struct okr_slice bytes = okr_slice_of(key->public.b, sizeof key->public.b);
    okr_hex_encode(bytes, key->hex);
    okr_fingerprint(bytes, key->fingerprint);
    return true;
}

static bool read_key(struct okr_run *run, struct key *key)
{
    struct okr_keyfile_error error = {""};
    enum okr_err err =
        okr_keyfile_read(key->path, OKR_KEY_PERSON, NULL, key->seed, &error);
    if (err == OKR_ERR_NOTFOUND)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "unknown_key",
                        N_("okr key new makes one"), _("there is no key in %s"),
                        key->path);
    else if (err != OKR_OK)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "bad_key", "", "%s",
                        error.text[0] != '\0' ? error.text : okr_err_text(err));
    return err == OKR_OK && describe(run, key);
}

static bool make_key(struct okr_run *run, struct key *key)
{
    struct okr_keyfile_error error = {""};
    if (!make_folders(run, key->path))
        return false;
    okr_random(key->seed, sizeof key->seed);
    enum okr_err err =
        okr_keyfile_write(key->path, OKR_KEY_PERSON, key->seed, NULL, &error);
    if (err == OKR_OK)
        return describe(run, key);
    explicit_bzero(key->seed, sizeof key->seed);
    okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED,
                    err == OKR_ERR_EXISTS ? "duplicate" : "failed",
                    err == OKR_ERR_EXISTS
                        ? N_("okr key show tells which; okr key new --code "
                             "CODE makes it known to headquarters")
                        : "",
                    err == OKR_ERR_EXISTS ? _("there is a key in %s already")
                                          : _("no key could be made in %s"),
                    key->path);
    return false;
}

static void print_key(struct okr_run *run, const struct key *key)
{
    struct okr_buf *out = run->page.out;
    struct okr_json json;
    if (!run->line->json) {
        okr_buf_printf(out, "%s\n%s\n", key->fingerprint, key->path);
        okr_run_flush(run);
        return;
    }
    okr_json_init(&json, out);
    okr_json_open_object(&json);
    okr_json_key(&json, "fingerprint");
    okr_json_cstr(&json, key->fingerprint);
    okr_json_key(&json, "public_key");
    okr_json_cstr(&json, key->hex);
    okr_json_key(&json, "path");
    okr_json_text(&json, okr_slice_str(key->path));
    okr_json_close_object(&json);
    okr_page_line_end(&run->page);
    okr_run_flush(run);
}

/* Tells headquarters, by the one-time code that an admin gave. */
static void introduce(struct okr_run *run, const struct key *key)
{
    char host[65] = "";
    (void)gethostname(host, sizeof host - 1);
    const char *label = okr_line_option(run->line, "label");
    okr_run_ask(run, "key_new");
    okr_run_arg(run, "code", okr_line_option(run->line, "code"));
    okr_run_arg(run, "public_key", key->hex);
    okr_run_arg(run, "label", label != NULL ? label : host);
    json_t *root = okr_run_answer(run);
    if (root == NULL)
        return;
    okr_buf_printf(run->page.out, _("headquarters knows the key of %s now\n"),
                   okr_member(&run->page, root, "person"));
    okr_run_flush(run);
    json_decref(root);
}

void okr_cmd_key(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    struct key key = {.path = key_path(run)};
    bool code = okr_line_option(line, "code") != NULL;
    bool show = strcmp(line->words[0], "show") == 0;
    if (key.path == NULL)
        return;
    if (!show && strcmp(line->words[0], "new") != 0) {
        okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "unknown_command",
                        N_("write okr key new or okr key show"),
                        _("there is no command key %s"), line->words[0]);
        return;
    }
    /* A code that was refused is tried again with the key that is there. */
    bool there = code && access(key.path, F_OK) == 0;
    if (!(show || there ? read_key(run, &key) : make_key(run, &key)))
        return;
    if (!code || !line->json)
        print_key(run, &key);
    if (code && !show)
        introduce(run, &key);
}
