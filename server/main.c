/* okr-server: the authority of a company's OKRs. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "server/shell/cli.h"

int main(int argc, char **argv)
{
    const struct rlimit no_core = {0, 0}; /* it would hold the keys */
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)umask(S_IRWXG | S_IRWXO);
    (void)signal(SIGPIPE, SIG_IGN);
    return okr_cli_main(argc, argv);
}
