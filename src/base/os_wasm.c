/* What a WebAssembly module knows of its memory: the heap only ever grows. */
#ifdef __EMSCRIPTEN__
#include "base/os.h"

#include <emscripten/heap.h>

uint64_t assay_os_peak_memory(void) {
    return emscripten_get_heap_size();
}
#else
typedef int assay_os_wasm_is_empty; /* ISO C wants something in every file */
#endif
