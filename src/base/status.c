#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

assay_status assay_fail(assay_error *err, assay_status status, const char *format, ...) {
    if (!err) return status;
    if (err->status != ASSAY_OK) return err->status;
    err->status = status;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return status;
}

const char *assay_status_name(assay_status status) {
    switch (status) {
    case ASSAY_OK:
        return "ok";
    case ASSAY_E_ARGUMENT:
        return "argument";
    case ASSAY_E_IO:
        return "io";
    case ASSAY_E_FORMAT:
        return "format";
    case ASSAY_E_LIMIT:
        return "limit";
    case ASSAY_E_UNSUPPORTED:
        return "unsupported";
    case ASSAY_E_MEMORY:
        return "memory";
    case ASSAY_E_CANCELLED:
        return "cancelled";
    case ASSAY_E_CHECK:
        return "check";
    }
    return "unknown";
}
