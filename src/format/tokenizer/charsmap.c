#include "format/tokenizer/charsmap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"

enum { LONGEST = 256 }; /* bytes that are looked at: Unicode's rules need a few dozen */

assay_status assay_charsmap_load(assay_charsmap *map, const assay_gguf *gguf, assay_error *err) {
    static const char key[] = "tokenizer.ggml.precompiled_charsmap";
    *map = (assay_charsmap){0};
    if (!assay_gguf_has(gguf, key)) return ASSAY_OK;
    size_t n;
    const int32_t *bytes;
    assay_status status = assay_gguf_int_array(gguf, key, &n, &bytes, err);
    if (status != ASSAY_OK) return status;
    uint32_t size = 0;
    for (size_t i = 0; i < 4 && n >= 4; i++) size |= (uint32_t)(bytes[i] & 0xff) << (8 * i);
    if (n < 5 || size > n - 5 || size % 4 != 0 || (bytes[n - 1] & 0xff) != 0)
        return assay_fail(err, ASSAY_E_FORMAT,
                          "tokenizer of %s: %s of %zu bytes is no table of %u bytes and its texts",
                          assay_gguf_what(gguf), key, n, size);
    map->n_units = size / 4;
    map->n_texts = n - 4 - size;
    map->units = assay_calloc(map->n_units, sizeof *map->units);
    map->texts = assay_alloc(map->n_texts, 1);
    if (map->units == NULL || map->texts == NULL) {
        assay_charsmap_destroy(map);
        return assay_fail(err, ASSAY_E_MEMORY, "tokenizer of %s: out of memory",
                          assay_gguf_what(gguf));
    }
    for (size_t i = 0; i < size; i++)
        map->units[i / 4] |= (uint32_t)(bytes[4 + i] & 0xff) << (8 * (i % 4));
    for (size_t i = 0; i < map->n_texts; i++) map->texts[i] = (char)bytes[4 + size + i];
    return ASSAY_OK;
}

void assay_charsmap_destroy(assay_charsmap *map) {
    free(map->units);
    free(map->texts);
    *map = (assay_charsmap){0};
}

static uint32_t children_of(uint32_t unit) {
    return (unit >> 10) << ((unit & (1u << 9)) >> 6);
}

const char *assay_charsmap_replace(const assay_charsmap *map, const char *text, size_t n,
                                   size_t *taken) {
    const char *found = NULL;
    *taken = 0;
    if (map->n_units == 0) return NULL;
    uint32_t at = children_of(map->units[0]);
    for (size_t i = 0; i < n && i < LONGEST && text[i] != '\0'; i++) {
        at ^= (uint8_t)text[i];
        if (at >= map->n_units) break;
        uint32_t unit = map->units[at];
        if ((unit & (UINT32_C(1) << 31 | 0xff)) != (uint8_t)text[i]) break;
        at ^= children_of(unit);
        if (at >= map->n_units) break;
        bool has_value = (unit >> 8 & 1) != 0;
        uint32_t offset = map->units[at] & ~(UINT32_C(1) << 31);
        if (has_value && offset < map->n_texts) {
            found = map->texts + offset;
            *taken = i + 1;
        }
    }
    return found;
}
