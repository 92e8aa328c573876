/* okr: the command line of a person at a site.  Asks the local okr-site and
 * never needs the network. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "client/cli/help.h"
#include "client/cli/print.h"
#include "client/cli/run.h"
#include "common/lang/text.h"
#include "common/crypto/hash.h"

#define VERSION "0.1.0"

/* A terminal's width; elsewhere nothing is cut, unless COLUMNS says so. */
static size_t columns_of(bool terminal)
{
    enum { NARROWEST = 40, WIDEST = 10000 };
    const char *set = getenv("COLUMNS");
    struct winsize size;
    long columns = set == NULL ? 0 : strtol(set, NULL, 10);
    if (columns <= 0 && terminal &&
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (columns <= 0 || columns > WIDEST)
        return 0;
    return columns < NARROWEST ? NARROWEST : (size_t)columns;
}

static int offset_of(okr_us now)
{
    enum { SECONDS_A_MINUTE = 60, US = 1000000 };
    time_t seconds = (time_t)(now / US);
    struct tm local;
    if (localtime_r(&seconds, &local) == NULL)
        return 0;
    return (int)(local.tm_gmtoff / SECONDS_A_MINUTE);
}

static bool colour_wanted(bool terminal)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    bool dumb =
        term == NULL || term[0] == '\0' || (term[0] == 'd' && term[1] == 'u');
    return terminal && !dumb && (no == NULL || no[0] == '\0');
}

static void set_up(struct okr_run *run, struct okr_buf *out)
{
    bool terminal = isatty(STDOUT_FILENO) == 1;
    okr_buf_init(out, NULL);
    run->page = (struct okr_page){.out = out,
                                  .arena = run->arena,
                                  .columns = columns_of(terminal),
                                  .colour = colour_wanted(terminal),
                                  .now = okr_run_now(),
                                  .name = okr_run_name,
                                  .context = run};
    run->page.offset_min = offset_of(run->page.now);
}

static void run_line(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    if (run->trouble.code != 0)
        return;
    if (line->version)
        okr_buf_printf(run->page.out, "okr " VERSION "\n");
    else if (line->help)
        okr_help_print(&run->page, line);
    else
        line->command->run(run);
    okr_run_flush(run);
}

static void complain(struct okr_run *run)
{
    struct okr_buf *out = run->page.out;
    out->len = 0;
    okr_trouble_print(&run->trouble, run->line->json, out);
    if (!run->line->json)
        okr_print_advice(&run->page, run->trouble.offenders);
    json_decref(run->trouble.offenders);
    (void)!write(STDERR_FILENO, out->data, out->len);
}

int main(int argc, char **argv)
{
    static struct okr_line line; /* both are large */
    static struct okr_run run = {.line = &line};
    const struct rlimit no_core = {0, 0}; /* it might hold a key */
    struct okr_arena *of_line;
    struct okr_buf out;
    (void)setrlimit(RLIMIT_CORE, &no_core);
    okr_text_choose();
    okr_crypto_init();
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &run.arena) != OKR_OK ||
        okr_arena_new(OKR_ARENA_UNBOUNDED, &of_line) != OKR_OK)
        return OKR_REPLY_REFUSED;
    set_up(&run, &out);
    okr_line_read(argc, argv, of_line, &line, &run.trouble);
    run_line(&run);
    if (run.trouble.code != 0)
        complain(&run);
    okr_asker_close(&run.asker);
    okr_sk_free(&run.signer.sk);
    okr_buf_close(&out);
    okr_arena_free(&run.arena);
    okr_arena_free(&of_line);
    return (int)run.trouble.code;
}
