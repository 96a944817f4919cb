/* PNG encoder: 8 bit, with a palette where 256 colours suffice, else RGB; one IDAT. Written here and
 * not taken from a library, because the bytes of drawn images enter the hashes of datasets: they
 * must not change with the version of anything.
 *
 *   rows -> indices without a filter, or RGB with the filter of the smallest sum of magnitudes ->
 *   LZ77 over hash chains -> deflate's fixed codes -> zlib
 *
 * Formats: W3C PNG, RFC 1950 (zlib), RFC 1951 (deflate). */
#include "format/image/image.h"

#include <stdlib.h>
#include <string.h>

#include "format/image/image_probe.h"

enum {
    WINDOW = 32768, /* deflate's furthest distance */
    HASH_SIZE = 32768,
    MAX_CHAIN = 64, /* candidates looked at for one match */
    MIN_MATCH = 3,
    MAX_MATCH = 258,
    END_OF_BLOCK = 256,
    N_LENGTH_CODES = 29
};

/* ---- deflate ---- */

typedef struct bit_writer {
    assay_buffer *out;
    uint32_t bits; /* not yet written, lowest first */
    int n_bits;    /* below 8 between calls */
    uint8_t chunk[1024];
    size_t n_chunk;
} bit_writer;

static void flush_chunk(bit_writer *w) {
    assay_buffer_append(w->out, w->chunk, w->n_chunk);
    w->n_chunk = 0;
}

static void put_bits(bit_writer *w, uint32_t value, int n) {
    w->bits |= value << w->n_bits;
    w->n_bits += n;
    while (w->n_bits >= 8) {
        if (w->n_chunk == sizeof w->chunk) flush_chunk(w);
        w->chunk[w->n_chunk++] = (uint8_t)w->bits;
        w->bits >>= 8;
        w->n_bits -= 8;
    }
}

/* Huffman codes go out from their highest bit. */
static void put_code(bit_writer *w, uint32_t code, int n) {
    uint32_t reversed = 0;
    for (int i = 0; i < n; i++) reversed |= (code >> i & 1u) << (n - 1 - i);
    put_bits(w, reversed, n);
}

/* RFC 1951, 3.2.6. */
static void put_symbol(bit_writer *w, uint32_t symbol) {
    if (symbol < 144)
        put_code(w, 0x30 + symbol, 8);
    else if (symbol < 256)
        put_code(w, 0x190 + symbol - 144, 9);
    else if (symbol < 280)
        put_code(w, symbol - 256, 7);
    else
        put_code(w, 0xc0 + symbol - 280, 8);
}

/* The code whose range [base, base + 2^extra) holds `value`, in one of RFC 1951's two tables
 * (3.2.5): the codes come in groups of `group`, and each group needs one more extra bit than the
 * one before. */
static uint32_t put_range(uint32_t value, uint32_t group, uint32_t *extra_value, int *n_extra) {
    uint32_t code = 0, base = 0, extra = 0;
    for (;;) {
        uint32_t size = 1u << extra;
        if (value < base + size) break;
        base += size;
        code++;
        if (code >= 2 * group && code % group == 0) extra++;
    }
    *extra_value = value - base;
    *n_extra = (int)extra;
    return code;
}

static void put_match(bit_writer *w, uint32_t length, uint32_t distance) {
    uint32_t rest;
    int n;
    if (length == MAX_MATCH) { /* has a code of its own */
        put_symbol(w, 257 + N_LENGTH_CODES - 1);
    } else {
        uint32_t code = put_range(length - MIN_MATCH, 4, &rest, &n);
        put_symbol(w, 257 + code);
        put_bits(w, rest, n);
    }
    uint32_t code = put_range(distance - 1, 2, &rest, &n);
    put_code(w, code, 5);
    put_bits(w, rest, n);
}

/* Positions with the same hash of three bytes, newest first. Index + 1, so that 0 ends a chain. */
typedef struct matcher {
    uint32_t head[HASH_SIZE];
    uint32_t previous[WINDOW]; /* by position mod WINDOW */
} matcher;

static uint32_t hash_of(const uint8_t *p) {
    return (((uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]) * 2654435761u) >> 17;
}

static void matcher_add(matcher *m, const uint8_t *data, size_t at) {
    uint32_t hash = hash_of(data + at);
    m->previous[at % WINDOW] = m->head[hash];
    m->head[hash] = (uint32_t)at + 1;
}

static size_t matcher_find(const matcher *m, const uint8_t *data, size_t n, size_t at,
                           size_t *distance) {
    size_t best = 0, limit = n - at < MAX_MATCH ? n - at : MAX_MATCH;
    uint32_t candidate = m->head[hash_of(data + at)];
    for (int i = 0; i < MAX_CHAIN && candidate != 0; i++) {
        size_t from = candidate - 1;
        if (at - from > WINDOW) break;
        size_t length = 0;
        while (length < limit && data[from + length] == data[at + length]) length++;
        if (length > best) {
            best = length;
            *distance = at - from;
            if (best == limit) break;
        }
        candidate = m->previous[from % WINDOW];
        if (candidate > from) break; /* overwritten by a newer position */
    }
    return best;
}

static void deflate(const uint8_t *data, size_t n, matcher *m, assay_buffer *out) {
    bit_writer w = {.out = out};
    put_bits(&w, 1, 1); /* last block */
    put_bits(&w, 1, 2); /* fixed codes */
    for (size_t at = 0; at < n;) {
        size_t distance = 0, length = 0;
        if (n - at >= MIN_MATCH) length = matcher_find(m, data, n, at, &distance);
        if (length >= MIN_MATCH) {
            put_match(&w, (uint32_t)length, (uint32_t)distance);
        } else {
            put_symbol(&w, data[at]);
            length = 1;
        }
        for (size_t end = at + length; at < end; at++)
            if (n - at >= MIN_MATCH) matcher_add(m, data, at);
    }
    put_symbol(&w, END_OF_BLOCK);
    put_bits(&w, 0, (8 - w.n_bits) % 8);
    flush_chunk(&w);
}

static uint32_t adler32(const uint8_t *bytes, size_t n) {
    uint32_t a = 1, b = 0;
    while (n > 0) {
        size_t run = n < 5552 ? n : 5552; /* the most that cannot overflow 32 bits */
        n -= run;
        for (; run > 0; run--) {
            a += *bytes++;
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    return b << 16 | a;
}

/* ---- PNG ---- */

static uint8_t paeth(int left, int up, int corner) {
    int to_left = abs(up - corner), to_up = abs(left - corner),
        to_corner = abs(left + up - 2 * corner);
    return (uint8_t)(to_left <= to_up && to_left <= to_corner ? left
                     : to_up <= to_corner                     ? up
                                                              : corner);
}

/* One row [n] filtered by one of the five types; `above` is the row before. Returns the sum of
 * magnitudes. */
static uint64_t filter_row(int type, const uint8_t *row, const uint8_t *above, size_t n,
                           uint8_t *out) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        int left = i < 3 ? 0 : row[i - 3], up = above[i], corner = i < 3 ? 0 : above[i - 3];
        int guess = 0;
        switch (type) {
        case 1:
            guess = left;
            break;
        case 2:
            guess = up;
            break;
        case 3:
            guess = (left + up) / 2;
            break;
        case 4:
            guess = paeth(left, up, corner);
            break;
        default:
            break;
        }
        out[i] = (uint8_t)(row[i] - guess);
        sum += out[i] < 128 ? out[i] : 256u - out[i];
    }
    return sum;
}

/* rgb [height, row] -> out [height, 1 + row]; scratch [2, row]: a row of zeros, a trial. */
static void filter_image(const assay_image *image, uint8_t *scratch, uint8_t *out) {
    size_t n = (size_t)image->width * 3;
    const uint8_t *above = scratch;
    uint8_t *trial = scratch + n;
    memset(scratch, 0, n);
    for (int y = 0; y < image->height; y++) {
        const uint8_t *row = image->rgb + (size_t)y * n;
        uint64_t best = UINT64_MAX;
        for (int type = 0; type < 5; type++) {
            uint64_t sum = filter_row(type, row, above, n, trial);
            if (sum >= best) continue;
            best = sum;
            out[0] = (uint8_t)type;
            memcpy(out + 1, trial, n);
        }
        out += 1 + n;
        above = row;
    }
}

/* ---- palette ---- */

enum { MAX_COLOURS = 256, COLOUR_SLOTS = 1024 };

typedef struct palette {
    uint8_t rgb[MAX_COLOURS * 3]; /* in order of appearance */
    int n;
    uint32_t keys[COLOUR_SLOTS]; /* colour + 1; 0: free */
    uint8_t index_of[COLOUR_SLOTS];
} palette;

/* The colour's index, or -1 when there are too many. */
static int palette_index(palette *p, const uint8_t *rgb) {
    uint32_t key = ((uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2]) + 1;
    uint32_t slot = key * 2654435761u >> 22;
    while (p->keys[slot] != 0 && p->keys[slot] != key) slot = (slot + 1) % COLOUR_SLOTS;
    if (p->keys[slot] == 0) {
        if (p->n == MAX_COLOURS) return -1;
        p->keys[slot] = key;
        p->index_of[slot] = (uint8_t)p->n;
        memcpy(p->rgb + 3 * (size_t)p->n++, rgb, 3);
    }
    return p->index_of[slot];
}

/* -> out [height, 1 + width], every row unfiltered. False when there are too many colours. */
static bool index_image(const assay_image *image, palette *p, uint8_t *out) {
    const uint8_t *rgb = image->rgb;
    for (int y = 0; y < image->height; y++) {
        *out++ = 0;
        for (int x = 0; x < image->width; x++, rgb += 3) {
            int index = palette_index(p, rgb);
            if (index < 0) return false;
            *out++ = (uint8_t)index;
        }
    }
    return true;
}

/* ---- file ---- */

static void store_u32(uint8_t *out, uint32_t value) {
    for (int i = 0; i < 4; i++) out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void append_chunk(assay_buffer *out, const char *type, const void *data, size_t n) {
    uint8_t frame[8];
    store_u32(frame, (uint32_t)n);
    memcpy(frame + 4, type, 4);
    uint32_t crc = assay_crc32(0, frame + 4, 4);
    if (n > 0) crc = assay_crc32(crc, data, n);
    assay_buffer_append(out, frame, 8);
    if (n > 0) assay_buffer_append(out, data, n);
    store_u32(frame, crc);
    assay_buffer_append(out, frame, 4);
}

assay_status assay_image_encode_png(const assay_image *image, assay_buffer *out, assay_error *err) {
    if (image->rgb == NULL || image->width < 1 || image->height < 1 ||
        image->width > ASSAY_IMAGE_MAX_EDGE || image->height > ASSAY_IMAGE_MAX_EDGE)
        return assay_fail(err, ASSAY_E_ARGUMENT, "png: cannot encode an image of %d x %d pixels",
                          image->width, image->height);
    size_t row = (size_t)image->width * 3, n = (row + 1) * (size_t)image->height;
    assay_status status = ASSAY_OK;
    assay_buffer zlib = {0};
    uint8_t *rows = assay_alloc(n, 1), *scratch = assay_alloc(2, row);
    matcher *m = assay_calloc(1, sizeof *m);
    palette *p = assay_calloc(1, sizeof *p);
    if (rows == NULL || scratch == NULL || m == NULL || p == NULL) goto no_memory;

    bool indexed = index_image(image, p, rows);
    if (indexed)
        n = ((size_t)image->width + 1) * (size_t)image->height;
    else
        filter_image(image, scratch, rows);
    assay_buffer_append(&zlib, "\x78\x01", 2); /* deflate with a 32 KiB window, fast */
    deflate(rows, n, m, &zlib);
    uint8_t sum[4];
    store_u32(sum, adler32(rows, n));
    assay_buffer_append(&zlib, sum, 4);
    if (zlib.failed) goto no_memory;

    uint8_t header[13] = {0};
    store_u32(header, (uint32_t)image->width);
    store_u32(header + 4, (uint32_t)image->height);
    header[8] = 8;               /* bits */
    header[9] = indexed ? 3 : 2; /* palette, RGB */
    assay_buffer_append(out, "\x89PNG\r\n\x1a\n", 8);
    append_chunk(out, "IHDR", header, sizeof header);
    if (indexed) append_chunk(out, "PLTE", p->rgb, 3 * (size_t)p->n);
    append_chunk(out, "IDAT", zlib.data, zlib.len);
    append_chunk(out, "IEND", NULL, 0);
    if (out->failed) goto no_memory;
    goto done;

no_memory:
    status = assay_fail(err, ASSAY_E_MEMORY, "png: out of memory");
done:
    assay_buffer_free(&zlib);
    free(rows);
    free(scratch);
    free(m);
    free(p);
    return status;
}
