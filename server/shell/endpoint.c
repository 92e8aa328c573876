/* Endpoints: taking them apart. */
#include "server/shell/endpoint.h"

#include <stdio.h>

static const char scheme[] = "tcp://";
enum { SCHEME_LEN = sizeof scheme - 1 };

static struct okr_slice host_of(struct okr_slice endpoint)
{
    struct okr_slice port = okr_endpoint_port(endpoint);
    if (endpoint.len < SCHEME_LEN + port.len + 1)
        return OKR_SLICE_NONE;
    return okr_slice_sub(endpoint, SCHEME_LEN,
                         endpoint.len - port.len - 1 - SCHEME_LEN);
}

struct okr_slice okr_endpoint_port(struct okr_slice endpoint)
{
    size_t at = endpoint.len;
    while (at > 0 && endpoint.data[at - 1] != ':')
        at--;
    return okr_slice_sub(endpoint, at, endpoint.len - at);
}

static bool is_port(struct okr_slice port)
{
    unsigned number = 0;
    if (okr_slice_is(port, "*"))
        return true;
    if (port.len == 0 || port.len > 5)
        return false;
    for (size_t i = 0; i < port.len; i++) {
        if (port.data[i] < '0' || port.data[i] > '9')
            return false;
        number = number * 10 + (unsigned)(port.data[i] - '0');
    }
    return number > 0 && number <= 65535;
}

bool okr_endpoint_valid(struct okr_slice endpoint)
{
    if (!okr_slice_starts(endpoint, okr_slice_str(scheme)))
        return false;
    for (size_t i = 0; i < endpoint.len; i++)
        if (endpoint.data[i] <= ' ' || endpoint.data[i] >= 0x7f)
            return false;
    return host_of(endpoint).len > 0 && is_port(okr_endpoint_port(endpoint));
}

bool okr_endpoint_wildcard(struct okr_slice endpoint)
{
    struct okr_slice host = host_of(endpoint);
    return okr_slice_is(host, "*") || okr_slice_is(host, "0.0.0.0") ||
           okr_slice_is(host, "[::]") || okr_slice_is(host, "::") ||
           okr_slice_is(okr_endpoint_port(endpoint), "*") ||
           okr_slice_is(okr_endpoint_port(endpoint), "0");
}

bool okr_endpoint_with_port(struct okr_slice endpoint, const char *port,
                            char ret[OKR_ENDPOINT_BYTES])
{
    struct okr_slice host = host_of(endpoint);
    int n = snprintf(ret, OKR_ENDPOINT_BYTES, "%s%.*s:%s", scheme,
                     (int)host.len, (const char *)host.data, port);
    return n > 0 && n < OKR_ENDPOINT_BYTES;
}
