/* What the files of the shim share: the object that JavaScript holds, and how an answer is written. */
#ifndef ASSAY_WASM_WEB_H
#define ASSAY_WASM_WEB_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/status.h"

/* Mirrors -sEXPORTED_FUNCTIONS=@wasm/exports.list; a test compares the two. */
#define EXPORT __attribute__((used, visibility("default")))

typedef struct assay_web {
    assay_error err;
    assay_buffer text;
    _Atomic int32_t cancel;   /* non-zero: the call that is running ends soon with "cancelled" */
    _Atomic int32_t progress; /* of the call that is running, in thousandths */
} assay_web;

/* Starts an answer in text: the error and the last string are forgotten. */
assay_buffer *web_answer(assay_web *web);
/* The answer as a string, or NULL with the error when it did not fit the memory. */
const char *web_finish(assay_web *web);
/* Progress callback of any call: `context` is the assay_web whose words it writes and reads. */
int web_progress(void *context, double done);

#endif
