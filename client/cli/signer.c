/* Keys of persons in their files. */
#include "client/cli/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "client/cli/run.h"
#include "common/base/hex.h"
#include "common/crypto/hash.h"
#include "common/crypto/keyfile.h"
#include "common/lang/text.h"

enum { PASSPHRASE_MAX = 256 };

/* ---- where --------------------------------------------------------------- */

const char *okr_signer_path(struct okr_run *run)
{
    const char *set = getenv("OKR_KEY"), *home = getenv("HOME");
    if (set != NULL && strcmp(set, "none") == 0)
        return NULL;
    if (set != NULL && set[0] != '\0')
        return set;
    if (home == NULL || home[0] == '\0') {
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed",
                        N_("set $HOME to your home folder, or $OKR_KEY to the "
                           "file of your key"),
                        _("it is not known where your home folder is"));
        return NULL;
    }
    return okr_arena_printf(run->arena, "%s/.config/okr/person.key", home);
}

/* Makes the folders above the file, for their owner only. */
static bool make_folders(struct okr_run *run, const char *path)
{
    char *copy = okr_arena_str(run->arena, okr_slice_str(path));
    for (char *c = copy == NULL ? NULL : copy + 1; c != NULL && *c != '\0';
         c++) {
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

/* ---- passphrases --------------------------------------------------------- */

/* One line, without its end. */
static bool read_line(FILE *file, char out[PASSPHRASE_MAX])
{
    bool got = fgets(out, PASSPHRASE_MAX, file) != NULL;
    if (got)
        out[strcspn(out, "\r\n")] = '\0';
    return got && out[0] != '\0';
}

static bool from_file(struct okr_run *run, const char *path,
                      char out[PASSPHRASE_MAX])
{
    FILE *file = fopen(path, "re");
    bool got = file != NULL && read_line(file, out);
    if (!got)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "passphrase",
                        N_("put the passphrase into its first line"),
                        _("$OKR_PASSPHRASE_FILE: %s holds no passphrase"),
                        path);
    if (file != NULL)
        (void)fclose(file);
    return got;
}

static bool from_terminal(FILE *terminal, const char *prompt,
                          char out[PASSPHRASE_MAX])
{
    struct termios before, silent;
    if (tcgetattr(fileno(terminal), &before) != 0)
        return false;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    (void)fprintf(terminal, "%s", prompt);
    (void)fflush(terminal);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, &silent);
    bool got = read_line(terminal, out);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, &before);
    (void)fprintf(terminal, "\n");
    return got;
}

static bool typed(struct okr_run *run, const char *path, bool twice,
                  char out[PASSPHRASE_MAX])
{
    char again[PASSPHRASE_MAX] = "";
    FILE *terminal = fopen("/dev/tty", "r+e");
    bool got = terminal != NULL;
    if (got)
        (void)setvbuf(terminal, NULL, _IONBF, 0);
    got = got &&
          from_terminal(
              terminal,
              okr_arena_printf(run->arena, _("passphrase of %s: "), path), out);
    if (got && twice)
        got = from_terminal(terminal, _("once more: "), again) &&
              strcmp(out, again) == 0;
    if (terminal != NULL)
        (void)fclose(terminal);
    if (!got)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "passphrase",
                        N_("type it at a terminal, twice the same for a new "
                           "key, or name a file that holds it in "
                           "$OKR_PASSPHRASE_FILE"),
                        _("there is no passphrase for %s"), path);
    okr_wipe(again, sizeof again);
    return got;
}

static bool passphrase(struct okr_run *run, const char *path, bool twice,
                       char out[PASSPHRASE_MAX])
{
    const char *file = getenv("OKR_PASSPHRASE_FILE");
    if (file != NULL && file[0] != '\0')
        return from_file(run, file, out);
    return typed(run, path, twice, out);
}

/* ---- files --------------------------------------------------------------- */

static void put_names(const struct okr_pk *public, struct okr_signer *signer)
{
    struct okr_slice bytes = okr_slice_of(public->b, sizeof public->b);
    okr_hex_encode(bytes, signer->hex);
    okr_fingerprint(bytes, signer->fingerprint);
}

static bool describe(struct okr_run *run, uint8_t seed[OKR_SIGN_SEED_LEN],
                     struct okr_signer *signer)
{
    enum okr_err err = okr_sk_from_seed(seed, &signer->sk);
    okr_wipe(seed, OKR_SIGN_SEED_LEN);
    if (err != OKR_OK) {
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed", "", "%s",
                        okr_err_text(err));
        return false;
    }
    struct okr_pk public = okr_sk_public(signer->sk);
    put_names(&public, signer);
    return true;
}

static bool unreadable(struct okr_run *run, const char *path, enum okr_err err,
                       const struct okr_keyfile_error *error)
{
    if (err == OKR_ERR_NOTFOUND)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "unknown_key",
                        N_("okr key new makes one"), _("there is no key in %s"),
                        path);
    else
        okr_trouble_say(
            &run->trouble, OKR_REPLY_REFUSED, "bad_key",
            N_("OKR_KEY=none speaks without it; okr key new --code "
               "CODE makes another one elsewhere ($OKR_KEY)"),
            "%s", error->text[0] != '\0' ? error->text : okr_err_text(err));
    return false;
}

bool okr_signer_look(struct okr_run *run, const char *path,
                     struct okr_signer *signer)
{
    struct okr_keyfile_error error = {.sealed = false};
    struct okr_pk public;
    enum okr_err err =
        okr_keyfile_public(path, OKR_KEY_PERSON, public.b, &error);
    if (err != OKR_OK)
        return unreadable(run, path, err, &error);
    signer->path = path;
    put_names(&public, signer);
    return true;
}

bool okr_signer_read(struct okr_run *run, const char *path,
                     struct okr_signer *signer)
{
    struct okr_keyfile_error error = {.sealed = false};
    uint8_t seed[OKR_SIGN_SEED_LEN];
    char phrase[PASSPHRASE_MAX] = "";
    enum okr_err err =
        okr_keyfile_read(path, OKR_KEY_PERSON, NULL, seed, &error);
    if (err == OKR_ERR_DENIED && error.sealed) {
        if (!passphrase(run, path, false, phrase))
            return false;
        err = okr_keyfile_read(path, OKR_KEY_PERSON, phrase, seed, &error);
        okr_wipe(phrase, sizeof phrase);
    }
    signer->path = path;
    if (err == OKR_OK)
        return describe(run, seed, signer);
    return unreadable(run, path, err, &error);
}

bool okr_signer_make(struct okr_run *run, const char *path,
                     struct okr_signer *signer)
{
    uint8_t seed[OKR_SIGN_SEED_LEN];
    char phrase[PASSPHRASE_MAX] = "";
    bool sealed = okr_line_option(run->line, "passphrase") != NULL;
    if (!make_folders(run, path) ||
        (sealed && !passphrase(run, path, true, phrase)))
        return false;
    okr_random(seed, sizeof seed);
    enum okr_err err = okr_keyfile_write(path, OKR_KEY_PERSON, seed,
                                         sealed ? phrase : NULL, NULL);
    okr_wipe(phrase, sizeof phrase);
    signer->path = path;
    if (err == OKR_OK)
        return describe(run, seed, signer);
    okr_wipe(seed, sizeof seed);
    if (err == OKR_ERR_EXISTS)
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "duplicate",
                        N_("okr key show tells which; okr key new --code "
                           "CODE makes it known to headquarters"),
                        _("there is a key in %s already"), path);
    else
        okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "failed", "",
                        _("no key could be made in %s"), path);
    return false;
}

const char *okr_signer_used(struct okr_run *run)
{
    const char *set = getenv("OKR_KEY");
    struct okr_signer *signer = &run->signer;
    if (run->line->as_mail != NULL || run->trouble.code != 0)
        return NULL;
    signer->chosen = set != NULL && set[0] != '\0';
    if (!signer->chosen && getenv("HOME") == NULL)
        return NULL;
    const char *path = okr_signer_path(run);
    if (path == NULL || (!signer->chosen && access(path, F_OK) != 0))
        return NULL;
    return path;
}

bool okr_signer_find(struct okr_run *run)
{
    if (run->signer.sk != NULL)
        return true;
    const char *path = okr_signer_used(run);
    return path != NULL && okr_signer_read(run, path, &run->signer);
}

/* ---- whose --------------------------------------------------------------- */

static const char *who_text(struct okr_run *run,
                            const struct okr_signer_who *who)
{
    return okr_arena_printf(run->arena, "org %s\nperson %s\n", who->org,
                            who->person);
}

/* Nothing is lost where it cannot be written: it is only asked again. */
static void remember(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  S_IRUSR | S_IWUSR);
    if (fd < 0)
        return;
    (void)!write(fd, text, strlen(text));
    close(fd);
}

bool okr_signer_is(struct okr_run *run, const char *path,
                   const struct okr_signer_who *who)
{
    char before[160] = "";
    const char *text = who_text(run, who);
    char *beside = okr_arena_printf(run->arena, "%s.who", path);
    if (text == NULL || beside == NULL)
        return false;
    FILE *file = fopen(beside, "re");
    if (file == NULL) {
        remember(beside, text);
        return true;
    }
    size_t n = fread(before, 1, sizeof before - 1, file);
    (void)fclose(file);
    before[n] = '\0';
    if (strcmp(before, text) == 0)
        return true;
    okr_trouble_say(&run->trouble, OKR_REPLY_REFUSED, "other_person",
                    N_("use another key for another company: $OKR_KEY; remove "
                       "the file only if you know why it differs"),
                    _("%s says that this key is of another person or company "
                      "than the daemon says"),
                    beside);
    return false;
}
