/* Starting, asking and ending the real programs. */
#include "tests/lib/bench_world.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/crypto/hash.h"
#include "tests/lib/bench.h"
#include "tests/lib/json_look.h"

enum { TEXT_MAX = 4096, READY_TRIES = 3000, ASK_MS = 30000 };
#define SETTLE_SECONDS 600.0

static void nap(void)
{
    const struct timespec ten_ms = {.tv_nsec = 10 * 1000 * 1000};
    (void)nanosleep(&ten_ms, NULL);
}

/* ---- processes ----------------------------------------------------------- */

/* In $OKR_BIN, else beside the folder of this program. */
static void find_program(const char *name, char ret[OKR_TEST_PATH_MAX])
{
    char self[OKR_TEST_PATH_MAX];
    const char *bin = getenv("OKR_BIN");
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    okr_bench_need(n > 0, "/proc/self/exe");
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    *strrchr(self, '/') = '\0';
    int len = bin != NULL
                  ? snprintf(ret, OKR_TEST_PATH_MAX, "%s/%s", bin, name)
                  : snprintf(ret, OKR_TEST_PATH_MAX, "%s/bin/%s", self, name);
    okr_bench_need(len < OKR_TEST_PATH_MAX, "path too long");
}

/* What a daemon says of its life is read only where it went wrong. */
static void log_beside(const char *out)
{
    char path[OKR_TEST_PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s.log", out);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)dup2(fd, STDERR_FILENO);
}

/* Its output goes to the file `out`. */
static pid_t start(const char *const *argv, const char *out)
{
    char program[OKR_TEST_PATH_MAX];
    find_program(argv[0], program);
    pid_t pid = fork();
    okr_bench_need(pid >= 0, "fork");
    if (pid > 0)
        return pid;
    int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0) {
        union {
            const char *const *in;
            char *const *out;
        } args = {.in = argv};
        if (getenv("OKR_BENCH_LOUD") == NULL)
            log_beside(out);
        (void)execv(program, args.out);
    }
    perror(program);
    _exit(127);
}

static void read_text(const char *path, char ret[TEXT_MAX])
{
    FILE *file = fopen(path, "r");
    size_t n = file == NULL ? 0 : fread(ret, 1, TEXT_MAX - 1, file);
    ret[n] = '\0';
    if (file != NULL)
        (void)fclose(file);
}

/* Runs a command to its end; what it printed. */
static void run(const struct okr_bench_world *world, const char *const *argv,
                char ret[TEXT_MAX])
{
    char out[OKR_TEST_PATH_MAX];
    int status;
    okr_test_path(world->dir, "out", out);
    pid_t pid = start(argv, out);
    okr_bench_need(waitpid(pid, &status, 0) == pid && status == 0, argv[1]);
    read_text(out, ret);
}

double okr_bench_okr(struct okr_bench_world *world, int i,
                     const char *const words[2])
{
    char text[TEXT_MAX];
    const char *const argv[] = {"okr",    "--site", world->sites[i].dir,
                                words[0], words[1], NULL};
    double from = okr_bench_seconds();
    run(world, argv, text);
    return (okr_bench_seconds() - from) * 1e3;
}

static void start_daemon(struct okr_bench_daemon *daemon,
                         const char *const *argv, char ret[TEXT_MAX])
{
    char out[OKR_TEST_PATH_MAX + 8];
    (void)snprintf(out, sizeof out, "%s.out", daemon->dir);
    (void)unlink(out);
    daemon->pid = start(argv, out);
    for (int i = 0; i < READY_TRIES; i++) {
        read_text(out, ret);
        if (strncmp(ret, "ready", 5) == 0 && strchr(ret, '\n') != NULL)
            break;
        okr_bench_need(waitpid(daemon->pid, NULL, WNOHANG) == 0, argv[1]);
        nap();
    }
    okr_bench_need(okr_asker_open(daemon->dir, &daemon->asker) == OKR_OK,
                   "the daemon's socket");
}

void okr_bench_stop(struct okr_bench_daemon *daemon)
{
    okr_asker_close(&daemon->asker);
    if (daemon->pid == 0)
        return;
    (void)kill(daemon->pid, SIGTERM);
    (void)waitpid(daemon->pid, NULL, 0);
    daemon->pid = 0;
}

/* ---- the world ----------------------------------------------------------- */

static struct okr_bench_world *opened; /* ended with this program */

static void end_opened(void)
{
    if (opened != NULL)
        okr_bench_world_close(opened);
}

void okr_bench_world_open(struct okr_bench_world *world)
{
    static bool known;
    char out[TEXT_MAX];
    memset(world, 0, sizeof *world);
    okr_crypto_init();
    okr_test_dir_make(world->dir);
    if (!known)
        okr_bench_need(atexit(end_opened) == 0, "atexit");
    known = true;
    opened = world;
    okr_bench_need(okr_arena_new(OKR_ARENA_UNBOUNDED, &world->arena) == OKR_OK,
                   "memory");
    okr_test_path(world->dir, "server", world->server.dir);
    okr_test_path(world->dir, "site0", world->sites[0].dir);
    okr_test_path(world->dir, "site1", world->sites[1].dir);
    const char *const argv[] = {
        "okr-server", "init",    world->server.dir,           "--org",
        "Bench",      "--admin", "Ada <" OKR_BENCH_ADMIN ">", NULL};
    run(world, argv, out);
}

void okr_bench_world_close(struct okr_bench_world *world)
{
    opened = NULL;
    for (int i = 0; i < OKR_BENCH_SITES; i++)
        okr_bench_stop(&world->sites[i]);
    okr_bench_stop(&world->server);
    okr_arena_free(&world->arena);
    okr_test_dir_remove(world->dir);
}

/* The number behind the last colon of the endpoint that follows `word`. */
static unsigned port_after(const char *text, const char *word)
{
    const char *at = strstr(text, word), *colon = NULL;
    okr_bench_need(at != NULL, "the ready line");
    for (at += strlen(word) + 1; *at > ' '; at++)
        if (*at == ':')
            colon = at;
    okr_bench_need(colon != NULL && colon[1] > '0' && colon[1] <= '9',
                   "the port in the ready line");
    return (unsigned)strtoul(colon + 1, NULL, 10);
}

/* The same ports again, because the sites know them. */
void okr_bench_serve(struct okr_bench_world *world)
{
    char text[TEXT_MAX], listen[64] = "tcp://127.0.0.1:*", publish[64];
    (void)strcpy(publish, listen);
    if (world->ports[0] != 0) {
        (void)snprintf(listen, sizeof listen, "tcp://127.0.0.1:%u",
                       world->ports[0]);
        (void)snprintf(publish, sizeof publish, "tcp://127.0.0.1:%u",
                       world->ports[1]);
    }
    const char *const argv[] = {"okr-server", "serve", world->server.dir,
                                "--listen",   listen,  "--publish",
                                publish,      NULL};
    start_daemon(&world->server, argv, text);
    world->ports[0] = port_after(text, "listen");
    world->ports[1] = port_after(text, "publish");
}

void okr_bench_join(struct okr_bench_world *world, int i)
{
    char text[TEXT_MAX], name[16];
    (void)snprintf(name, sizeof name, "office %d", i);
    const char *const invite[] = {
        "okr-server", "site",   "invite", world->server.dir,
        name,         "--json", NULL};
    run(world, invite, text);
    const char *token = okr_json_at(text, "token", world->arena);
    okr_bench_need(token != NULL && strlen(token) > 2, "the token");
    (void)snprintf(text, sizeof text, "%.*s", (int)strlen(token) - 2,
                   token + 1);
    const char *const join[] = {"okr-site", "join", world->sites[i].dir, text,
                                NULL};
    char out[TEXT_MAX];
    run(world, join, out);
}

void okr_bench_site_run(struct okr_bench_world *world, int i)
{
    char text[TEXT_MAX];
    const char *const argv[] = {"okr-site", "run", world->sites[i].dir, NULL};
    start_daemon(&world->sites[i], argv, text);
}

/* ---- asking -------------------------------------------------------------- */

const char *okr_bench_ask(struct okr_bench_world *world,
                          struct okr_bench_daemon *daemon, const char *method)
{
    const struct okr_ask ask = {.method = okr_slice_str(method)};
    struct okr_reply *reply = NULL;
    okr_arena_reset(world->arena);
    okr_bench_need(okr_asker_send(daemon->asker, &ask) == OKR_OK &&
                       okr_asker_next(daemon->asker, ASK_MS, world->arena,
                                      &reply) == OKR_OK &&
                       reply->code == OKR_REPLY_DONE,
                   method);
    return okr_arena_str(world->arena, reply->json);
}

static void digest_of(struct okr_bench_world *world,
                      struct okr_bench_daemon *daemon, char ret[80])
{
    const char *json = okr_bench_ask(world, daemon, "status");
    const char *digest = okr_json_at(json, "digest", world->arena);
    okr_bench_need(digest != NULL, "status has no digest");
    (void)snprintf(ret, 80, "%s", digest);
}

double okr_bench_settle(struct okr_bench_world *world, int i)
{
    struct okr_bench_daemon *site = &world->sites[i];
    double from = okr_bench_seconds();
    char want[80];
    digest_of(world, &world->server, want);
    while (okr_bench_seconds() - from < SETTLE_SECONDS) {
        const char *json = okr_bench_ask(world, site, "status");
        const char *digest = okr_json_at(json, "digest", world->arena);
        const char *link = okr_json_at(json, "link", world->arena);
        if (strcmp(digest, want) == 0 && strcmp(link, "\"live\"") == 0)
            return okr_bench_seconds() - from;
        nap();
    }
    okr_bench_need(false, "the site does not come to the server's digest");
    return 0;
}

/* ---- memory -------------------------------------------------------------- */

double okr_bench_memory(pid_t pid)
{
    char path[64], line[512];
    double kib = 0, part;
    bool store = false;
    (void)snprintf(path, sizeof path, "/proc/%d/smaps", (int)pid);
    FILE *file = fopen(path, "r");
    okr_bench_need(file != NULL, path);
    while (fgets(line, sizeof line, file) != NULL) {
        const char *word = strchr(line, ' ');
        if (word != NULL && word > line && word[-1] != ':')
            store = strstr(line, "/data.mdb") != NULL;
        else if (sscanf(line, "Rss: %lf", &part) == 1 && !store)
            kib += part;
    }
    (void)fclose(file);
    return kib * 1024;
}

double okr_bench_store_bytes(const struct okr_bench_daemon *daemon)
{
    char path[OKR_TEST_PATH_MAX + 24];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/store/data.mdb", daemon->dir);
    okr_bench_need(stat(path, &st) == 0, path);
    return (double)st.st_blocks * 512;
}
