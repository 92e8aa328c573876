/* `okr key`: the key of the person at this keyboard, made, brought to
 * headquarters by a code, replaced, revoked. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/print.h"
#include "client/cli/sign.h"
#include "common/base/hex.h"
#include "common/base/json.h"
#include "common/compose/newkey.h"
#include "common/crypto/code.h"
#include "common/crypto/keyfile.h"
#include "common/lang/text.h"

/* ---- what the daemon knows ----------------------------------------------- */

/* Members of the daemon's answer to `key`; good until the run ends. */
struct known {
    const char *org, *person, *mail; /* hex, hex, text */
    const char *invite, *key, *state;
};

static const char *member(struct okr_run *run, const json_t *root,
                          const char *name)
{
    const char *text = json_string_value(json_object_get(root, name));
    return text == NULL ? "" : okr_arena_str(run->arena, okr_slice_str(text));
}

static bool ask_known(struct okr_run *run, const char *name, const char *value,
                      struct known *ret)
{
    okr_run_ask(run, "key");
    run->ask.as_mail = OKR_SLICE_NONE;
    okr_run_arg(run, name, value);
    json_t *root = okr_run_object(run);
    if (root == NULL)
        return false;
    *ret = (struct known){.org = member(run, root, "org"),
                          .person = member(run, root, "person"),
                          .mail = member(run, root, "mail"),
                          .invite = member(run, root, "invite"),
                          .key = member(run, root, "key"),
                          .state = member(run, root, "state")};
    json_decref(root);
    return true;
}

static bool read_id(struct okr_run *run, const char *hex, struct okr_id *ret)
{
    if (okr_hex_decode(okr_slice_str(hex), ret->b, sizeof ret->b) == OKR_OK)
        return true;
    okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "malformed",
                    N_("upgrade okr and okr-site to one version"),
                    _("the daemon's answer cannot be read"));
    return false;
}

/* ---- showing ------------------------------------------------------------- */

static void print_key(struct okr_run *run, const struct okr_signer *key,
                      const struct known *known)
{
    struct okr_buf *out = run->page.out;
    struct okr_json json;
    if (!run->line->json) {
        okr_buf_printf(out, "%s\n%s\n", key->fingerprint, key->path);
        if (known != NULL)
            okr_buf_printf(out, "%s  %s\n", known->mail,
                           okr_word(known->state));
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
    okr_json_key(&json, "person");
    okr_json_cstr(&json, known == NULL ? "" : known->mail);
    okr_json_key(&json, "state");
    okr_json_cstr(&json, known == NULL ? "" : known->state);
    okr_json_close_object(&json);
    okr_page_line_end(&run->page);
    okr_run_flush(run);
}

/* What headquarters says of it is told where there is a daemon to ask. */
static void show(struct okr_run *run, const struct okr_signer *key)
{
    struct okr_trouble before = run->trouble;
    struct known known;
    bool asked = ask_known(run, "public_key", key->hex, &known);
    run->trouble = before;
    print_key(run, key, asked ? &known : NULL);
}

/* ---- making it known ----------------------------------------------------- */

static const char *label_of(struct okr_run *run)
{
    char host[65] = "";
    const char *label = okr_line_option(run->line, "label");
    (void)gethostname(host, sizeof host - 1);
    return label != NULL ? label
                         : okr_arena_str(run->arena, okr_slice_str(host));
}

static struct okr_id new_id(void)
{
    uint8_t random[10];
    okr_random(random, sizeof random);
    return okr_id_make(okr_run_now(), random);
}

static bool saved(struct okr_run *run, const struct okr_sign_as *as,
                  struct okr_payload *payload)
{
    return okr_sign_submit(run, as, payload) != NULL;
}

static bool read_code(struct okr_run *run, uint8_t code[OKR_CODE_LEN])
{
    const char *typed = okr_line_option(run->line, "code");
    if (okr_code_parse(okr_slice_str(typed), code) == OKR_OK)
        return true;
    okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "bad_code",
                    N_("copy it again: four groups of five letters and digits"),
                    _("the code is mistyped"));
    return false;
}

/* The code itself is told to nobody: a proof is, that fits this key alone. */
static bool introduce(struct okr_run *run, const struct okr_signer *key,
                      const uint8_t code[OKR_CODE_LEN], struct known *known)
{
    struct okr_new_key made = {.key = new_id()};
    struct okr_payload payload;
    uint8_t id[OKR_CODE_ID_LEN];
    char hex[2 * OKR_CODE_ID_LEN + 1];
    okr_code_id(code, id);
    okr_hex_encode(okr_slice_of(id, sizeof id), hex);
    if (!ask_known(run, "code_id", hex, known))
        return false;
    made.claim.new_key = okr_sk_public(key->sk);
    made.label = okr_slice_str(label_of(run));
    if (!read_id(run, known->org, &made.claim.org) ||
        !read_id(run, known->person, &made.claim.person) ||
        !read_id(run, known->invite, &made.claim.invite))
        return false;
    struct okr_signer_who who = {"", ""};
    (void)snprintf(who.org, sizeof who.org, "%s", known->org);
    (void)snprintf(who.person, sizeof who.person, "%s", known->person);
    struct okr_hash code_key = okr_code_key(code);
    enum okr_err err = okr_new_key_add(&made, &code_key, run->arena, &payload);
    okr_wipe(&code_key, sizeof code_key);
    if (err != OKR_OK || !okr_signer_is(run, key->path, &who))
        return false;
    const struct okr_sign_as as = {known->org, known->person, key->sk};
    known->state = "active";
    return saved(run, &as, &payload);
}

static void make_new(struct okr_run *run, const char *path)
{
    struct okr_signer *key = &run->signer;
    struct known known = {.mail = ""};
    uint8_t code[OKR_CODE_LEN];
    bool coded = okr_line_option(run->line, "code") != NULL;
    if (coded && !read_code(run, code))
        return;
    /* A code that was refused is tried again with the key that is there. */
    bool there = coded && access(path, F_OK) == 0;
    if (!(there ? okr_signer_read(run, path, key)
                : okr_signer_make(run, path, key)))
        return;
    bool good = !coded || introduce(run, key, code, &known);
    okr_wipe(code, sizeof code);
    if (!good)
        return;
    print_key(run, key, coded ? &known : NULL);
    if (coded && !run->line->json) {
        okr_buf_printf(run->page.out,
                       _("saved here: headquarters will know this key as one "
                         "of %s\n"),
                       known.mail);
        okr_run_flush(run);
    }
}

/* ---- replacing ----------------------------------------------------------- */

/* The new key waits beside the old one until the change is saved; cut short,
 * the next call goes on with it. */
static bool rotate(struct okr_run *run, const struct okr_signer *old,
                   const struct okr_signer *next, const struct known *known)
{
    struct okr_new_key made = {.key = new_id(),
                               .label = okr_slice_str(label_of(run))};
    struct okr_payload payload;
    made.claim.old_key = okr_sk_public(old->sk);
    made.claim.new_key = okr_sk_public(next->sk);
    if (!read_id(run, known->org, &made.claim.org) ||
        !read_id(run, known->person, &made.claim.person) ||
        !read_id(run, known->key, &made.replaces))
        return false;
    if (okr_new_key_rotate(&made, next->sk, run->arena, &payload) != OKR_OK)
        return false;
    const struct okr_sign_as as = {known->org, known->person, old->sk};
    return saved(run, &as, &payload);
}

static bool move(struct okr_run *run, const char *from, const char *to)
{
    if (rename(from, to) == 0)
        return true;
    okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed",
                    N_("rename it by hand"), _("%s cannot become %s: %s"), from,
                    to, strerror(errno));
    return false;
}

/* Is the new one known already, from a call that was cut short? */
static bool is_known(struct okr_run *run, const struct okr_signer *next)
{
    struct okr_trouble before = run->trouble;
    struct known known;
    bool asked = ask_known(run, "public_key", next->hex, &known);
    run->trouble = before;
    return asked;
}

static void replace(struct okr_run *run, const char *path)
{
    struct okr_signer next = {.sk = NULL};
    struct okr_signer *old = &run->signer;
    struct known known;
    const char *new_path = okr_arena_printf(run->arena, "%s.new", path);
    const char *old_path = okr_arena_printf(run->arena, "%s.old", path);
    if (new_path == NULL || old_path == NULL ||
        !okr_signer_read(run, path, old) ||
        !ask_known(run, "public_key", old->hex, &known))
        return;
    bool there = access(new_path, F_OK) == 0;
    if (there ? !okr_signer_read(run, new_path, &next)
              : !okr_signer_make(run, new_path, &next))
        return;
    bool good =
        (there && is_known(run, &next)) || rotate(run, old, &next, &known);
    good = good && move(run, path, old_path) && move(run, new_path, path);
    next.path = path;
    known.state = "active";
    if (good)
        print_key(run, &next, &known);
    okr_sk_free(&next.sk);
}

/* ---- revoking ------------------------------------------------------------ */

/* Another of one's keys, by its reference, or the one in use. */
static void revoke_key(struct okr_run *run, const char *path)
{
    const struct okr_line *line = run->line;
    struct known known;
    const char *ref = line->n_words > 1 ? line->words[1] : NULL;
    if (ref == NULL &&
        (path == NULL || !okr_signer_read(run, path, &run->signer) ||
         !ask_known(run, "public_key", run->signer.hex, &known)))
        return;
    okr_run_ask(run, "revoke");
    okr_run_arg(run, "ref", ref == NULL ? known.key : ref);
    okr_run_arg(run, "reason", okr_line_option(line, "reason"));
    json_t *root = okr_sign_answer(run);
    if (root == NULL)
        return;
    okr_print_saved(&run->page, root);
    okr_run_flush(run);
    json_decref(root);
}

static void list(struct okr_run *run)
{
    okr_run_ask(run, "list");
    okr_run_arg(run, "kind", "key");
    json_t *root = okr_run_answer(run);
    if (root == NULL)
        return;
    okr_print_list(&run->page, root);
    okr_run_flush(run);
    json_decref(root);
}

void okr_cmd_key(struct okr_run *run)
{
    const char *word = run->line->words[0];
    const char *path = okr_signer_path(run);
    if (strcmp(word, "list") == 0)
        list(run);
    else if (strcmp(word, "revoke") == 0)
        revoke_key(run, path);
    else if (path == NULL)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "unknown_key",
                        N_("unset it, or let it name a file"),
                        _("$OKR_KEY says that no key is in use"));
    else if (strcmp(word, "new") == 0)
        make_new(run, path);
    else if (strcmp(word, "rotate") == 0)
        replace(run, path);
    else if (strcmp(word, "show") == 0) {
        if (okr_signer_read(run, path, &run->signer))
            show(run, &run->signer);
    } else
        okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "unknown_command",
                        N_("write okr key new, show, list, rotate or revoke"),
                        _("there is no command key %s"), word);
}
