/* Files and folders: see files.h. */
#include "server/shell/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "server/shell/folder.h"

enum { CHUNK = 128 * 1024, SMALL_MAX = 64 * 1024 };

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* ---- removing ------------------------------------------------------------ */

static bool remove_one(const char *dir, const char *name, int levels)
{
    char path[OKR_PATH_MAX_BYTES];
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return false;
    if (unlink(path) == 0)
        return true;
    return errno == EISDIR && levels > 1 &&
           okr_files_clear(path, levels - 1, NULL) && rmdir(path) == 0;
}

bool okr_files_clear(const char *dir, int levels, const char *keep)
{
    DIR *stream = opendir(dir);
    const struct dirent *entry;
    bool done = stream != NULL;
    while (done && (entry = readdir(stream)) != NULL)
        if (!is_dots(entry->d_name) &&
            (keep == NULL || strcmp(entry->d_name, keep) != 0))
            done = remove_one(dir, entry->d_name, levels);
    if (stream != NULL)
        closedir(stream);
    return done;
}

bool okr_files_is_empty(const char *dir)
{
    DIR *stream = opendir(dir);
    const struct dirent *entry;
    bool empty = stream != NULL;
    while (empty && (entry = readdir(stream)) != NULL)
        empty = is_dots(entry->d_name);
    if (stream != NULL)
        closedir(stream);
    return empty;
}

bool okr_files_sync(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    if (fd >= 0)
        close(fd);
    return done;
}

/* ---- copying ------------------------------------------------------------- */

static bool told(struct okr_fault *fault, const char *path)
{
    okr_fault_refuse(fault, NULL,
                     errno == ENOSPC || errno == EDQUOT
                         ? "free space there, or name another disk"
                         : NULL,
                     "%s: %s", path, strerror(errno));
    return false;
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static bool copy_fd(int from, int to)
{
    static uint8_t chunk[CHUNK];
    ssize_t n;
    while ((n = read(from, chunk, sizeof chunk)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || !write_all(to, chunk, (size_t)n))
            return false;
    }
    return true;
}

static int create(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                S_IRUSR | S_IWUSR);
}

/* Syncs and closes what was made; removes it where it is not whole. */
static bool finish(int fd, bool whole, const char *path,
                   struct okr_fault *fault)
{
    whole = whole && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && whole) {
        whole = false;
        why = errno;
    }
    if (whole)
        return true;
    (void)unlink(path);
    errno = why;
    return told(fault, path);
}

bool okr_files_copy(const char *from, const char *to, struct okr_fault *fault)
{
    int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0)
        return told(fault, from);
    int out = create(to);
    if (out < 0) {
        close(in);
        return told(fault, to);
    }
    bool whole = copy_fd(in, out);
    close(in);
    return finish(out, whole, to, fault);
}

bool okr_files_write(const char *path, struct okr_slice bytes,
                     struct okr_fault *fault)
{
    int fd = create(path);
    if (fd < 0)
        return told(fault, path);
    return finish(fd, write_all(fd, bytes.data, bytes.len), path, fault);
}

bool okr_files_read(const char *path, struct okr_arena *arena,
                    struct okr_slice *ret_bytes, struct okr_fault *fault)
{
    uint8_t *bytes = okr_arena_alloc(arena, SMALL_MAX);
    int fd = bytes == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return told(fault, path);
    size_t len = 0;
    ssize_t n = 0;
    while (len < SMALL_MAX && (n = read(fd, bytes + len, SMALL_MAX - len)) > 0)
        len += (size_t)n;
    close(fd);
    if (n < 0)
        return told(fault, path);
    *ret_bytes = okr_slice_of(bytes, len);
    return true;
}
