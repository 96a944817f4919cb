/* Strings of label files, each kept once: chunks that never move, and a hash table of what is in them. */
#include "clave/labels/labels.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK (64u << 10) /* bytes of strings that are got together */

struct assay_strings_chunk {
    struct assay_strings_chunk *next;
    size_t used, size;
    char bytes[];
};

static uint64_t hash_of(const char *text, size_t n) { /* FNV-1a */
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < n; i++) hash = (hash ^ (uint8_t)text[i]) * 1099511628211u;
    return hash ^ hash >> 32;
}

static bool grow_table(assay_strings *s) {
    size_t size = s->size > 0 ? s->size * 2 : 256;
    const char **table = assay_calloc(size, sizeof *table);
    if (table == NULL) return false;
    for (size_t i = 0; i < s->size; i++) {
        if (s->table[i] == NULL) continue;
        size_t at = (size_t)hash_of(s->table[i], strlen(s->table[i])) & (size - 1);
        while (table[at] != NULL) at = (at + 1) & (size - 1);
        table[at] = s->table[i];
    }
    free(s->table);
    s->table = table;
    s->size = size;
    return true;
}

static char *store(assay_strings *s, const char *text, size_t n) {
    struct assay_strings_chunk *chunk = s->chunks;
    if (chunk == NULL || chunk->size - chunk->used <= n) {
        size_t size = n < CHUNK ? CHUNK : n + 1, bytes;
        if (!assay_size_add(size, sizeof *chunk, &bytes)) return NULL;
        chunk = malloc(bytes);
        if (chunk == NULL) return NULL;
        *chunk = (struct assay_strings_chunk){.next = s->chunks, .size = size};
        s->chunks = chunk;
    }
    char *copy = chunk->bytes + chunk->used;
    memcpy(copy, text, n);
    copy[n] = '\0';
    chunk->used += n + 1;
    return copy;
}

const char *assay_strings_keep(assay_strings *s, const char *text, size_t n) {
    if (s->n >= s->size / 2 && !grow_table(s)) return NULL;
    size_t at = (size_t)hash_of(text, n) & (s->size - 1);
    for (; s->table[at] != NULL; at = (at + 1) & (s->size - 1)) {
        if (strncmp(s->table[at], text, n) == 0 && s->table[at][n] == '\0') return s->table[at];
    }
    const char *copy = store(s, text, n);
    if (copy == NULL) return NULL;
    s->table[at] = copy;
    s->n++;
    return copy;
}

void assay_strings_free(assay_strings *s) {
    for (struct assay_strings_chunk *chunk = s->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(s->table);
    *s = (assay_strings){0};
}
