/* The site's folder: what it is made of, whose it is at the moment. */
#include "client/shell/site_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/shell/tell.h"
#include "common/net/net.h"

#define MAP_BYTES ((size_t)8 * 1024 * 1024 * 1024)
#define JOIN_IT "join with `okr-site join DIR TOKEN`"

bool okr_site_path(const char *dir, const char *name,
                   char ret_path[OKR_SITE_PATH_MAX], struct okr_snag *snag)
{
    int n = snprintf(ret_path, OKR_SITE_PATH_MAX, "%s/%s", dir, name);
    if (n > 0 && n < OKR_SITE_PATH_MAX)
        return true;
    okr_snag_usage(snag, "use a shorter one", "the path is too long");
    return false;
}

bool okr_site_has(const char *dir, const char *name)
{
    char path[OKR_SITE_PATH_MAX];
    struct stat info;
    struct okr_snag ignored = {.code = OKR_REPLY_DONE};
    return okr_site_path(dir, name, path, &ignored) && lstat(path, &info) == 0;
}

/* ---- the folder ---------------------------------------------------------- */

static bool is_ours(const char *name)
{
    static const char *const names[] = {
        ".", "..", "lock", "sock", "keys", "store", "site.conf", "ballast"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A folder with other things in it is most likely named by mistake. */
static bool holds_only_ours(const char *dir, struct okr_snag *snag)
{
    DIR *folder = opendir(dir);
    struct dirent *entry;
    if (folder == NULL) {
        okr_snag_refuse(snag, NULL, "name a folder of your own", "%s: %s", dir,
                        strerror(errno));
        return false;
    }
    while ((entry = readdir(folder)) != NULL)
        if (!is_ours(entry->d_name))
            okr_snag_refuse(snag, NULL,
                            "name an empty folder, or one that is not there "
                            "yet",
                            "%s holds something else: %s", dir, entry->d_name);
    (void)closedir(folder);
    if (okr_site_has(dir, "keys/log.key"))
        okr_snag_refuse(snag, NULL, "name a folder of the site's own",
                        "%s is a server's folder", dir);
    return !okr_snagged(snag);
}

bool okr_site_dir_make(const char *dir, struct okr_snag *snag)
{
    struct stat info;
    if (mkdir(dir, S_IRWXU) == 0)
        return true;
    if (errno != EEXIST || stat(dir, &info) != 0 || !S_ISDIR(info.st_mode)) {
        okr_snag_refuse(snag, NULL,
                        "make the folder that it is to lie in, or name "
                        "another",
                        "%s: %s", dir,
                        errno == EEXIST || errno == 0 ? "it is no folder"
                                                      : strerror(errno));
        return false;
    }
    if (!holds_only_ours(dir, snag))
        return false;
    if (info.st_uid == geteuid() && chmod(dir, S_IRWXU) == 0)
        return true;
    okr_snag_refuse(snag, NULL, "name a folder of your own",
                    "%s belongs to somebody else", dir);
    return false;
}

bool okr_site_dir_check(const char *dir, struct okr_snag *snag)
{
    struct stat info;
    if (stat(dir, &info) != 0)
        okr_snag_refuse(snag, NULL, JOIN_IT, "%s: %s", dir, strerror(errno));
    else if (okr_site_has(dir, "keys/log.key"))
        okr_snag_refuse(snag, NULL, "run it with `okr-server serve`",
                        "%s is a server's folder", dir);
    else if (!okr_site_has(dir, "keys") && okr_site_has(dir, "store"))
        okr_snag_refuse(snag, NULL, OKR_KEYS_REMEDY,
                        "%s: the keys folder is gone", dir);
    else if (!okr_site_has(dir, "keys"))
        okr_snag_refuse(snag, NULL, JOIN_IT, "%s is no site's folder", dir);
    else if (!okr_site_has(dir, "store/data.mdb"))
        okr_snag_refuse(snag, NULL, "repeat the `okr-site join`",
                        "%s: a join was cut short here", dir);
    return !okr_snagged(snag);
}

/* ---- the lock ------------------------------------------------------------ */

/* The pid that the lock's holder wrote; 0 if it cannot be told. */
static long holder_of(const char *dir)
{
    char path[OKR_SITE_PATH_MAX], pid[32];
    struct okr_snag ignored = {.code = OKR_REPLY_DONE};
    if (!okr_site_path(dir, "lock", path, &ignored))
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, pid, sizeof pid - 1);
    close(fd);
    pid[n > 0 ? n : 0] = '\0';
    return strtol(pid, NULL, 10);
}

bool okr_site_lock(const char *dir, int *ret_fd, struct okr_snag *snag)
{
    char pid[32];
    int fd;
    enum okr_err err = okr_net_lock_folder(dir, &fd);
    if (err == OKR_ERR_BUSY)
        okr_snag_refuse(snag, "busy",
                        "one okr-site at a time: stop that one, or use the "
                        "socket that it serves",
                        "%s is in use by process %ld", dir, holder_of(dir));
    else if (err != OKR_OK)
        okr_snag_world(snag, err, dir);
    if (err != OKR_OK)
        return false;
    /* For whoever finds it locked; the lock itself does not depend on it. */
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n)
        okr_tell(OKR_TELL_WARNING, "%s/lock: %s", dir, strerror(errno));
    *ret_fd = fd;
    return true;
}

/* ---- the store ----------------------------------------------------------- */

bool okr_site_store_open(const char *dir, struct okr_kv **ret_kv,
                         struct okr_snag *snag)
{
    char path[OKR_SITE_PATH_MAX];
    if (!okr_site_path(dir, "store", path, snag))
        return false;
    enum okr_err err = okr_kv_lmdb_open(path, MAP_BYTES, ret_kv);
    if (err != OKR_OK)
        okr_snag_world(snag, err, path);
    return err == OKR_OK;
}
