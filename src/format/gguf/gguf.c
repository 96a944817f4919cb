/* GGUF v3: from bytes to an index of metadata and tensors.
 *
 *   magic, version, two counts -> metadata entries -> tensor descriptions -> padding -> tensor data
 *
 * The index holds copies of keys, names and strings, and numbers in one width each, so that nothing
 * read later can be unaligned. Both tables are sorted once; equal neighbours are the duplicates
 * that are refused. Format: ggml's docs/gguf.md. Whatever the file claims is compared with the
 * bytes that are left before anything is allocated, so memory stays within a small multiple of the
 * file's size. */
#include "format/gguf/gguf_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/maths.h"

enum {
    MAX_COUNT = 1 << 20,   /* metadata entries; tensors */
    MAX_NAME = 1024,       /* bytes of a key or a tensor's name */
    MAX_ITEMS = 1 << 24,   /* of one array */
    MIN_ENTRY_BYTES = 14,  /* key of one byte, kind, value of one byte */
    MIN_TENSOR_BYTES = 33, /* name of one byte, one dimension, type, offset */
    MAX_DIMS = 4
};

/* ---- parsing ---- */

typedef struct parser {
    assay_cursor in;
    assay_gguf *g;
    assay_error *err;
    uint64_t n_file; /* bytes of the whole file */
    uint32_t alignment;
} parser;

/* A refusal that names the file. */
#define REFUSE(p, status, format, ...)                                                             \
    assay_fail((p)->err, status, "gguf %s: " format, (p)->g->what, __VA_ARGS__)

static assay_status cut_off(const parser *p, const char *inside) {
    return REFUSE(p, ASSAY_E_FORMAT, "file of %zu bytes is cut off inside %s", p->in.size, inside);
}

static assay_status no_memory(const parser *p) {
    return assay_fail(p->err, ASSAY_E_MEMORY, "gguf %s: out of memory", p->g->what);
}

/* A key or a tensor's name: printable ASCII, as the format demands, so that it may stand in any
 * sentence. */
static assay_status parse_name(parser *p, const char *kind, size_t number, char **out) {
    uint64_t n = assay_cursor_u64(&p->in);
    if (!p->in.failed && (n == 0 || n > MAX_NAME))
        return REFUSE(p, ASSAY_E_FORMAT, "%s %zu has a name of %llu bytes, not 1 to %d", kind,
                      number, (unsigned long long)n, MAX_NAME);
    const uint8_t *bytes = assay_cursor_bytes(&p->in, n);
    if (bytes == NULL) return cut_off(p, kind);
    for (uint64_t i = 0; i < n; i++)
        if (bytes[i] < 0x20 || bytes[i] > 0x7e)
            return REFUSE(p, ASSAY_E_FORMAT, "the name of %s %zu is not printable ASCII", kind,
                          number);
    *out = assay_strndup((const char *)bytes, (size_t)n);
    return *out != NULL ? ASSAY_OK : no_memory(p);
}

/* A number or a bool of any width into the value of `e`. False when a bool is neither 0 nor 1. */
static bool parse_scalar(assay_cursor *in, gguf_kind kind, gguf_entry *e) {
    size_t size = gguf_kind_size(kind);
    uint64_t bits = size == 1   ? assay_cursor_u8(in)
                    : size == 2 ? assay_cursor_u16(in)
                    : size == 4 ? assay_cursor_u32(in)
                                : assay_cursor_u64(in);
    if (kind == GGUF_F32) {
        e->value.f = (double)assay_f32_from_bits((uint32_t)bits);
    } else if (kind == GGUF_F64) {
        memcpy(&e->value.f, &bits, sizeof e->value.f);
    } else if (gguf_is_signed(kind)) {
        uint64_t sign = UINT64_C(1) << (8 * size - 1);
        e->value.i = (int64_t)((bits ^ sign) - sign); /* extends the sign */
    } else {
        e->value.u = bits;
    }
    return kind != GGUF_BOOL || bits <= 1;
}

static assay_status parse_string(parser *p, gguf_entry *e) {
    uint64_t n = assay_cursor_u64(&p->in);
    const uint8_t *bytes = assay_cursor_bytes(&p->in, n);
    if (bytes == NULL) return cut_off(p, e->key);
    if (memchr(bytes, 0, (size_t)n) != NULL)
        return REFUSE(p, ASSAY_E_FORMAT, "the string %s holds a zero byte", e->key);
    e->n = (size_t)n;
    e->text = assay_strndup((const char *)bytes, (size_t)n);
    return e->text != NULL ? ASSAY_OK : no_memory(p);
}

static assay_status parse_string_items(parser *p, gguf_entry *e) {
    e->strings = assay_alloc(e->n, sizeof *e->strings);
    e->lengths = assay_alloc(e->n, sizeof *e->lengths);
    if (e->strings == NULL || e->lengths == NULL) return no_memory(p);
    for (size_t i = 0; i < e->n; i++) {
        uint64_t n = assay_cursor_u64(&p->in);
        const uint8_t *bytes = assay_cursor_bytes(&p->in, n);
        if (bytes == NULL) return cut_off(p, e->key);
        if (n > INT32_MAX) return REFUSE(p, ASSAY_E_LIMIT, "item %zu of %s is too long", i, e->key);
        e->strings[i] = (const char *)bytes;
        e->lengths[i] = (uint32_t)n;
    }
    return ASSAY_OK;
}

static bool fits_i32(gguf_kind kind, const gguf_entry *e, int32_t *out) {
    if (gguf_is_signed(kind) ? e->value.i < INT32_MIN || e->value.i > INT32_MAX
                             : e->value.u > INT32_MAX)
        return false;
    *out = gguf_is_signed(kind) ? (int32_t)e->value.i : (int32_t)e->value.u;
    return true;
}

static assay_status parse_number_items(parser *p, gguf_entry *e) {
    bool floats = e->item_kind == GGUF_F32 || e->item_kind == GGUF_F64;
    void *items = assay_alloc(e->n, 4);
    if (items == NULL) return no_memory(p);
    if (floats)
        e->floats = items;
    else
        e->ints = items;
    for (size_t i = 0; i < e->n; i++) {
        gguf_entry item;
        if (!parse_scalar(&p->in, e->item_kind, &item))
            return REFUSE(p, ASSAY_E_FORMAT, "item %zu of %s is no bool", i, e->key);
        if (floats) {
            e->floats[i] = (float)item.value.f;
        } else if (e->ints != NULL && !fits_i32(e->item_kind, &item, &e->ints[i])) {
            free(e->ints); /* kept unreadable: a key that nobody asks for must not spoil the file */
            e->ints = NULL;
        }
    }
    return ASSAY_OK;
}

static assay_status parse_array(parser *p, gguf_entry *e) {
    uint32_t kind = assay_cursor_u32(&p->in);
    uint64_t n = assay_cursor_u64(&p->in);
    if (p->in.failed) return cut_off(p, e->key);
    if (kind == GGUF_ARRAY)
        return REFUSE(p, ASSAY_E_UNSUPPORTED, "%s is an array of arrays", e->key);
    if (kind >= GGUF_N_KINDS)
        return REFUSE(p, ASSAY_E_FORMAT, "%s has items of unknown kind %u", e->key, kind);
    if (!assay_cursor_can_hold(&p->in, n, gguf_kind_size((gguf_kind)kind)))
        return REFUSE(p, ASSAY_E_FORMAT, "%s claims %llu items, but only %zu bytes are left",
                      e->key, (unsigned long long)n, assay_cursor_left(&p->in));
    if (n > MAX_ITEMS)
        return REFUSE(p, ASSAY_E_LIMIT, "%s has %llu items; at most %d are accepted", e->key,
                      (unsigned long long)n, MAX_ITEMS);
    e->item_kind = (gguf_kind)kind;
    e->n = (size_t)n;
    return e->item_kind == GGUF_STRING ? parse_string_items(p, e) : parse_number_items(p, e);
}

static assay_status parse_value(parser *p, gguf_entry *e) {
    uint32_t kind = assay_cursor_u32(&p->in);
    if (p->in.failed) return cut_off(p, e->key);
    if (kind >= GGUF_N_KINDS)
        return REFUSE(p, ASSAY_E_FORMAT, "%s is of unknown kind %u", e->key, kind);
    e->kind = (gguf_kind)kind;
    if (e->kind == GGUF_STRING) return parse_string(p, e);
    if (e->kind == GGUF_ARRAY) return parse_array(p, e);
    bool valid = parse_scalar(&p->in, e->kind, e);
    if (p->in.failed) return cut_off(p, e->key);
    if (!valid) return REFUSE(p, ASSAY_E_FORMAT, "%s is no bool", e->key);
    return ASSAY_OK;
}

static assay_status parse_entry(parser *p, size_t number, gguf_entry *e) {
    size_t start = p->in.at;
    assay_status status = parse_name(p, "metadata entry", number, &e->key);
    if (status == ASSAY_OK) status = parse_value(p, e);
    e->bytes = p->in.bytes + start;
    e->n_bytes = p->in.at - start;
    return status;
}

static assay_status parse_tensor(parser *p, size_t number, assay_gguf_tensor *t) {
    char *name = NULL;
    assay_status status = parse_name(p, "tensor", number, &name);
    if (status != ASSAY_OK) return status;
    t->name = name;
    uint32_t n_dims = assay_cursor_u32(&p->in);
    if (!p->in.failed && (n_dims < 1 || n_dims > MAX_DIMS))
        return REFUSE(p, ASSAY_E_FORMAT, "tensor %s has %u dimensions, not 1 to 4", name, n_dims);
    t->n_dims = (int)n_dims;
    for (int i = 0; i < MAX_DIMS; i++) t->dims[i] = i < t->n_dims ? assay_cursor_u64(&p->in) : 1;
    t->type = assay_cursor_u32(&p->in);
    t->offset = assay_cursor_u64(&p->in);
    if (p->in.failed) return cut_off(p, name);
    uint32_t block = gguf_type_block(t->type);
    if (block == 0)
        return REFUSE(p, ASSAY_E_UNSUPPORTED, "tensor %s is of unknown type %u", name, t->type);
    if (t->dims[0] % block != 0)
        return REFUSE(p, ASSAY_E_FORMAT,
                      "tensor %s: rows of %llu elements do not fill blocks of %s", name,
                      (unsigned long long)t->dims[0], assay_gguf_type_name(t->type));
    if (!assay_gguf_type_bytes(t->type, t->dims, &t->bytes))
        return REFUSE(p, ASSAY_E_FORMAT,
                      "tensor %s: a shape of %llu x %llu x %llu x %llu is not possible", name,
                      (unsigned long long)t->dims[0], (unsigned long long)t->dims[1],
                      (unsigned long long)t->dims[2], (unsigned long long)t->dims[3]);
    return ASSAY_OK;
}

/* Turns offsets into the data part into offsets into the file. Tensors must follow one another as
 * ggml writes them: weights are repacked in place, so that none may share a byte with another. */
static assay_status place_tensors(parser *p) {
    assay_gguf *g = p->g;
    uint64_t start = ((uint64_t)p->in.at + p->alignment - 1) / p->alignment * p->alignment, end = 0;
    if (g->n_tensors == 0 && start > p->in.size) start = p->in.size; /* nothing to align */
    if (start > p->in.size) return cut_off(p, "the padding before the tensors");
    uint64_t size = p->n_file - start;
    for (size_t i = 0; i < g->n_tensors; i++) {
        assay_gguf_tensor *t = &g->tensors[i];
        if (t->offset % p->alignment != 0)
            return REFUSE(p, ASSAY_E_FORMAT, "tensor %s: offset %llu is no multiple of %u", t->name,
                          (unsigned long long)t->offset, p->alignment);
        if (t->offset > size || t->bytes > size - t->offset)
            return REFUSE(p, ASSAY_E_FORMAT,
                          "tensor %s: %llu bytes at offset %llu are past the end", t->name,
                          (unsigned long long)t->bytes, (unsigned long long)t->offset);
        if (t->offset < end)
            return REFUSE(p, ASSAY_E_FORMAT, "tensor %s overlaps the one before it", t->name);
        end = t->offset + t->bytes;
        t->offset += start;
    }
    g->header_bytes = (size_t)start;
    return ASSAY_OK;
}

/* ---- open and close ---- */

static assay_status parse_counts(parser *p, uint64_t *n_tensors, uint64_t *n_entries) {
    const char *what = p->g->what;
    const uint8_t *magic = assay_cursor_bytes(&p->in, 4);
    if (magic == NULL || memcmp(magic, "GGUF", 4) != 0)
        return assay_fail(p->err, ASSAY_E_FORMAT, "gguf %s: is no GGUF file", what);
    uint32_t version = assay_cursor_u32(&p->in);
    *n_tensors = assay_cursor_u64(&p->in);
    *n_entries = assay_cursor_u64(&p->in);
    if (p->in.failed) return cut_off(p, "its first 24 bytes");
    if (version != 0 && (version & 0xffff) == 0)
        return assay_fail(p->err, ASSAY_E_UNSUPPORTED,
                          "gguf %s: a big-endian file; only little-endian is read", what);
    if (version != 2 && version != GGUF_VERSION) /* in little-endian the two are laid out alike */
        return REFUSE(p, ASSAY_E_UNSUPPORTED, "GGUF version %u; versions 2 and 3 are read",
                      version);
    if (!assay_cursor_can_hold(&p->in, *n_entries, MIN_ENTRY_BYTES) ||
        !assay_cursor_can_hold(&p->in, *n_tensors, MIN_TENSOR_BYTES))
        return REFUSE(p, ASSAY_E_FORMAT,
                      "claims %llu metadata entries and %llu tensors, but only %zu bytes are left",
                      (unsigned long long)*n_entries, (unsigned long long)*n_tensors,
                      assay_cursor_left(&p->in));
    if (*n_entries > MAX_COUNT || *n_tensors > MAX_COUNT)
        return REFUSE(p, ASSAY_E_LIMIT,
                      "%llu metadata entries, %llu tensors; at most %d are accepted",
                      (unsigned long long)*n_entries, (unsigned long long)*n_tensors, MAX_COUNT);
    return ASSAY_OK;
}

static assay_status read_alignment(parser *p) {
    int64_t alignment;
    assay_status status = assay_gguf_int_or(p->g, "general.alignment", 1, 1 << 20,
                                            ASSAY_GGUF_ALIGNMENT, &alignment, p->err);
    if (status != ASSAY_OK) return status;
    if ((alignment & (alignment - 1)) != 0)
        return REFUSE(p, ASSAY_E_FORMAT, "general.alignment is %d, no power of two",
                      (int)alignment);
    p->alignment = (uint32_t)alignment;
    return ASSAY_OK;
}

static assay_status parse_file(parser *p) {
    assay_gguf *g = p->g;
    uint64_t n_tensors = 0, n_entries = 0;
    assay_status status = parse_counts(p, &n_tensors, &n_entries);
    if (status != ASSAY_OK) return status;
    g->entries = assay_calloc((size_t)n_entries, sizeof *g->entries);
    g->entries_by_key = assay_alloc((size_t)n_entries, sizeof *g->entries_by_key);
    g->tensors = assay_calloc((size_t)n_tensors, sizeof *g->tensors);
    g->tensors_by_name = assay_alloc((size_t)n_tensors, sizeof *g->tensors_by_name);
    if (!g->entries || !g->entries_by_key || !g->tensors || !g->tensors_by_name)
        return no_memory(p);

    for (size_t i = 0; i < n_entries; i++) {
        g->n_entries = i + 1; /* what close must free */
        if ((status = parse_entry(p, i, &g->entries[i])) != ASSAY_OK) return status;
    }
    const char *twice = gguf_sort_entries(g);
    if (twice != NULL) return REFUSE(p, ASSAY_E_FORMAT, "key %s is there twice", twice);
    if ((status = read_alignment(p)) != ASSAY_OK) return status;
    for (size_t i = 0; i < n_tensors; i++) {
        g->n_tensors = i + 1;
        if ((status = parse_tensor(p, i, &g->tensors[i])) != ASSAY_OK) return status;
    }
    twice = gguf_sort_tensors(g);
    if (twice != NULL) return REFUSE(p, ASSAY_E_FORMAT, "tensor %s is there twice", twice);
    return place_tensors(p);
}

assay_status gguf_open_header(const uint8_t *bytes, size_t n, uint64_t n_file, const char *what,
                              assay_gguf **out, assay_error *err) {
    *out = NULL;
    assay_gguf *g = assay_calloc(1, sizeof *g);
    if (g == NULL || (g->what = assay_strndup(what, strlen(what))) == NULL) {
        assay_gguf_close(g);
        return assay_fail(err, ASSAY_E_MEMORY, "gguf %s: out of memory", what);
    }
    parser p = {assay_cursor_over(bytes, n), g, err, n_file, ASSAY_GGUF_ALIGNMENT};
    assay_status status = parse_file(&p);
    if (status != ASSAY_OK) {
        assay_gguf_close(g);
        return status;
    }
    *out = g;
    return ASSAY_OK;
}

assay_status assay_gguf_open(const uint8_t *bytes, size_t n, const char *what, assay_gguf **out,
                             assay_error *err) {
    return gguf_open_header(bytes, n, n, what, out, err);
}

void assay_gguf_close(assay_gguf *g) {
    if (g == NULL) return;
    for (size_t i = 0; i < g->n_entries; i++) {
        gguf_entry *e = &g->entries[i];
        free(e->key);
        free(e->text);
        free(e->ints);
        free(e->floats);
        free(e->strings);
        free(e->lengths);
    }
    for (size_t i = 0; i < g->n_tensors; i++)
        free((void *)(uintptr_t)g->tensors[i].name); /* ours: drops the const */
    free(g->entries);
    free(g->entries_by_key);
    free(g->tensors);
    free(g->tensors_by_name);
    free(g->what);
    free(g);
}
