/* The line of progress on standard error. */
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "cli/host.h"

#define SECONDS_ON_TERMINAL 0.1
#define SECONDS_IN_LOG      5.0

void assay_progress_start(assay_progress *p, size_t first, size_t total, bool quiet) {
    *p = (assay_progress){.quiet = quiet,
                          .terminal = assay_os_is_terminal(2),
                          .total = total,
                          .first = first,
                          .done = first};
    p->start = p->shown = assay_os_seconds();
}

static void show(assay_progress *p, double now) {
    char line[120];
    size_t steps = p->done - p->first;
    double rate = now > p->start ? (double)steps / (now - p->start) : 0;
    int n = snprintf(line, sizeof line, "%zu/%zu  %.0f %%", p->done, p->total,
                     100.0 * (double)p->done / (double)p->total);
    if (steps > 0 && rate > 0 && n > 0) {
        double left = (double)(p->total - p->done) / rate;
        unsigned long seconds = left < 1e7 ? (unsigned long)(left + 0.5) : 9999999ul;
        n += snprintf(line + n, sizeof line - (size_t)n, "  %.2f samples/s  %lu:%02lu left", rate,
                      seconds / 60, seconds % 60);
    }
    size_t width = strlen(line);
    if (p->terminal)
        fprintf(stderr, "\r%s%*s", line, (int)(p->width > width ? p->width - width : 0), "");
    else
        fprintf(stderr, "%s\n", line);
    fflush(stderr);
    p->width = width;
    p->shown = now;
}

void assay_progress_step(assay_progress *p, size_t done) {
    double now = assay_os_seconds();
    p->done = done;
    if (p->quiet || p->total == 0) return;
    if (now - p->shown >= (p->terminal ? SECONDS_ON_TERMINAL : SECONDS_IN_LOG) ||
        (p->terminal && done == p->total))
        show(p, now);
}

void assay_progress_end(assay_progress *p) {
    if (!p->quiet && p->terminal && p->width > 0) fprintf(stderr, "\n");
    p->width = 0;
}
