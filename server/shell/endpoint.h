/* Endpoints as ZeroMQ writes them: tcp://HOST:PORT. */
#ifndef SERVER_SHELL_ENDPOINT_H
#define SERVER_SHELL_ENDPOINT_H

#include "common/base/slice.h"

#define OKR_ENDPOINT_BYTES 128 /* of one that is bound, with its NUL */

/* tcp, a host, and a port of 1 to 65535 or '*'. */
bool okr_endpoint_valid(struct okr_slice endpoint);
/* Does it name every address or any port, so that nobody can connect to it? */
bool okr_endpoint_wildcard(struct okr_slice endpoint);
/* The part behind the last ':'. */
struct okr_slice okr_endpoint_port(struct okr_slice endpoint);
/* The same host with another port; false when it is too long. */
bool okr_endpoint_with_port(struct okr_slice endpoint, const char *port,
                            char ret[OKR_ENDPOINT_BYTES]);

#endif
