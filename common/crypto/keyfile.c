/* Key files on disk: written so that no moment shows half a key, read only
 * if nobody else could have read or changed them. */
#include "common/crypto/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/assert.h"
#include "common/crypto/keyfile_text.h"

enum { PATH_BYTES_MAX = 4096, SHOWN_BYTES_MAX = 100 };

static enum okr_err error_of(int number)
{
    switch (number) {
    case ENOENT:
        return OKR_ERR_NOTFOUND;
    case EEXIST:
        return OKR_ERR_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
        return OKR_ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
        return OKR_ERR_FULL;
    case ENOMEM:
        return OKR_ERR_NOMEM;
    case ENAMETOOLONG:
        return OKR_ERR_LIMIT;
    default:
        return OKR_ERR_IO;
    }
}

/* Returns `err`, so that a caller can explain and leave in one line.  Of a
 * long path the end is shown: it has the file's name. */
static enum okr_err explain(struct okr_keyfile_error *error, const char *path,
                            const char *why, enum okr_err err)
{
    OKR_ASSERT(err != OKR_OK);
    if (error == NULL)
        return err;
    error->sealed = strcmp(why, OKR_KEYFILE_SEALED) == 0;
    size_t len = strlen(path);
    const char *shown =
        len > SHOWN_BYTES_MAX ? path + len - SHOWN_BYTES_MAX : path;
    while (((uint8_t)*shown & 0xc0) == 0x80)
        shown++;
    (void)snprintf(error->text, sizeof error->text, "key file %s%s: %s",
                   shown == path ? "" : "...", shown, why);
    return err;
}

static bool write_all(int fd, struct okr_slice s)
{
    while (s.len > 0) {
        ssize_t n = write(fd, s.data, s.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s = okr_slice_sub(s, (size_t)n, s.len);
    }
    return true;
}

static enum okr_err write_new(const char *path, struct okr_slice text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  S_IRUSR | S_IWUSR);
    if (fd < 0)
        return error_of(errno);
    enum okr_err err = OKR_OK;
    if (fchmod(fd, S_IRUSR | S_IWUSR) != 0 || !write_all(fd, text) ||
        fsync(fd) != 0)
        err = error_of(errno);
    if (close(fd) != 0 && err == OKR_OK)
        err = error_of(errno);
    if (err != OKR_OK)
        (void)unlink(path);
    return err;
}

static enum okr_err sync_folder_of(const char *path)
{
    char folder[PATH_BYTES_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    OKR_ASSERT(len < sizeof folder);
    memcpy(folder, path, len);
    folder[len] = '\0';
    int fd = open(len == 0 ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_of(errno);
    enum okr_err err = fsync(fd) == 0 ? OKR_OK : error_of(errno);
    (void)close(fd);
    return err;
}

/* The text gets a name of its own first and then, complete and synced, the
 * name that was asked for.  A link is refused where a rename would replace. */
static enum okr_err publish(const char *path, struct okr_slice text)
{
    char draft[PATH_BYTES_MAX];
    uint32_t number = 0;
    okr_random(&number, sizeof number);
    int len = snprintf(draft, sizeof draft, "%s.new-%08x", path, number);
    if (len < 0 || (size_t)len >= sizeof draft)
        return OKR_ERR_LIMIT;
    OKR_TRY(write_new(draft, text));
    bool linked = link(draft, path) == 0;
    enum okr_err err = linked ? OKR_OK : error_of(errno);
    if (unlink(draft) != 0 && err == OKR_OK)
        err = error_of(errno);
    if (err == OKR_OK)
        err = sync_folder_of(path);
    if (err != OKR_OK && linked)
        (void)unlink(path);
    return err;
}

enum okr_err okr_keyfile_write(const char *path, enum okr_key_kind kind,
                               const uint8_t secret[32], const char *passphrase,
                               struct okr_keyfile_error *error)
{
    OKR_ASSERT(path != NULL && secret != NULL);
    uint8_t *text = sodium_malloc(OKR_KEYFILE_BYTES_MAX);
    if (text == NULL)
        return explain(error, path, "out of memory", OKR_ERR_NOMEM);
    struct okr_buf buf;
    okr_buf_init_fixed(&buf, text, OKR_KEYFILE_BYTES_MAX);
    enum okr_err err = okr_keyfile_text(kind, secret, passphrase, &buf);
    if (err == OKR_OK)
        err = publish(path, okr_buf_slice(&buf));
    sodium_free(text);
    if (err == OKR_ERR_EXISTS)
        return explain(error, path,
                       "exists already; move it away or choose another name",
                       err);
    if (err != OKR_OK)
        return explain(error, path, okr_err_text(err), err);
    return OKR_OK;
}

/* What ssh asks of a key file.  `*ret_why` is set with every error. */
static enum okr_err check_owner(int fd, const char **ret_why)
{
    struct stat st;
    *ret_why = okr_err_text(OKR_ERR_IO);
    if (fstat(fd, &st) != 0)
        return error_of(errno);
    *ret_why = "it is no regular file; name the right file";
    if (!S_ISREG(st.st_mode))
        return OKR_ERR_FORMAT;
    *ret_why = "it belongs to another user; act as its owner, or chown it";
    if (st.st_uid != geteuid())
        return OKR_ERR_DENIED;
    *ret_why =
        "others may read it; chmod 600 it, or make a new key if they did";
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return OKR_ERR_DENIED;
    return OKR_OK;
}

/* Reads up to `cap` bytes; exactly `cap` means there may be more. */
static enum okr_err read_all(int fd, uint8_t *out, size_t cap, size_t *ret_len)
{
    size_t len = 0;
    while (len < cap) {
        ssize_t n = read(fd, out + len, cap - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_of(errno);
        if (n == 0)
            break;
        len += (size_t)n;
    }
    *ret_len = len;
    return OKR_OK;
}

/* O_NONBLOCK: a pipe put in the file's place must not hold us up. */
static enum okr_err read_checked(const char *path, uint8_t *text,
                                 size_t *ret_len, const char **ret_why)
{
    int fd =
        open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        enum okr_err err = error_of(errno);
        *ret_why = errno == ELOOP ? "it is a symbolic link; name the file"
                                  : okr_err_text(err);
        return err;
    }
    enum okr_err err = check_owner(fd, ret_why);
    if (err == OKR_OK) {
        err = read_all(fd, text, OKR_KEYFILE_BYTES_MAX, ret_len);
        *ret_why = okr_err_text(err);
    }
    (void)close(fd);
    if (err == OKR_OK && *ret_len == OKR_KEYFILE_BYTES_MAX) {
        *ret_why = "it is no key file; name the right file";
        return OKR_ERR_FORMAT;
    }
    return err;
}

enum okr_err okr_keyfile_read(const char *path, enum okr_key_kind kind,
                              const char *passphrase, uint8_t ret_secret[32],
                              struct okr_keyfile_error *error)
{
    OKR_ASSERT(path != NULL && ret_secret != NULL);
    uint8_t *text = sodium_malloc(OKR_KEYFILE_BYTES_MAX);
    if (text == NULL)
        return explain(error, path, "out of memory", OKR_ERR_NOMEM);
    size_t len = 0;
    const char *why = "";
    enum okr_err err = read_checked(path, text, &len, &why);
    if (err == OKR_OK)
        err = okr_keyfile_text_parse(okr_slice_of(text, len), kind, passphrase,
                                     ret_secret, &why);
    sodium_free(text);
    return err == OKR_OK ? OKR_OK : explain(error, path, why, err);
}

enum okr_err okr_keyfile_public(const char *path, enum okr_key_kind kind,
                                uint8_t ret_public[32],
                                struct okr_keyfile_error *error)
{
    OKR_ASSERT(path != NULL && ret_public != NULL);
    uint8_t *text = sodium_malloc(OKR_KEYFILE_BYTES_MAX);
    if (text == NULL)
        return explain(error, path, "out of memory", OKR_ERR_NOMEM);
    size_t len = 0;
    const char *why = "";
    enum okr_err err = read_checked(path, text, &len, &why);
    if (err == OKR_OK)
        err = okr_keyfile_text_public(okr_slice_of(text, len), kind, ret_public,
                                      &why);
    sodium_free(text);
    return err == OKR_OK ? OKR_OK : explain(error, path, why, err);
}

void okr_random(void *out, size_t len)
{
    OKR_ASSERT(out != NULL || len == 0);
    if (len > 0)
        randombytes_buf(out, len);
}
