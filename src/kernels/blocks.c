/* Block layouts: GGUF's, as ggml defines them, and the packed one (blocks.h). In between stands
 * `raw`: the bytes of scales in the packed order, and the codes one by one without sign. */
#include "kernels/blocks.h"
#include "kernels/table.h"

#include <string.h>

#include "base/maths.h"

typedef struct raw_block {
    uint8_t scales[MAX_SCALE_BYTES]; /* f16 scale, [f16 minimum], [sub-scales] */
    uint8_t q[MAX_BLOCK];            /* Q8_0: two's complement */
} raw_block;

static size_t scale_bytes(const block_format *f) {
    return (f->minimum ? 4u : 2u) + (size_t)f->sub_scales;
}

static float load_f16(const uint8_t *p) {
    return assay_f16_to_f32((uint16_t)(p[0] | p[1] << 8));
}

/* ---- GGUF's layouts ---- */

/* Q4_0, Q4_1, Q5_0, Q5_1: scales, [32 fifth bits], 16 bytes of codes j and j + 16. */
static void read_simple(const block_format *f, const uint8_t *block, raw_block *out) {
    const uint8_t *high = block + scale_bytes(f), *low = high + (f->code_bits == 5 ? 4 : 0);
    memcpy(out->scales, block, scale_bytes(f));
    for (int j = 0; j < BLOCK; j++) {
        out->q[j] = (uint8_t)(j < 16 ? low[j] & 15 : low[j - 16] >> 4);
        if (f->code_bits == 5) out->q[j] |= (uint8_t)((high[j / 8] >> j % 8 & 1) << 4);
    }
}

/* Q4_K, Q5_K: scales, [fifth bits], 32 bytes for each 64 codes. */
static void read_with_minima(const block_format *f, const uint8_t *block, raw_block *out) {
    const uint8_t *high = block + scale_bytes(f), *low = high + (f->code_bits == 5 ? 32 : 0);
    memcpy(out->scales, block, scale_bytes(f));
    for (int k = 0; k < MAX_BLOCK; k++) {
        uint8_t byte = low[k / 64 * 32 + k % 32];
        out->q[k] = (uint8_t)(k % 64 < 32 ? byte & 15 : byte >> 4);
        if (f->code_bits == 5) out->q[k] |= (uint8_t)((high[k % 32] >> k / 32 & 1) << 4);
    }
}

/* Q6_K: low nibbles, top pairs of bits, sub-scales, scale; each half of 128 codes on its own. */
static void read_q6_k(const uint8_t *block, raw_block *out) {
    const uint8_t *low = block, *high = block + 128, *sub = block + 192;
    memcpy(out->scales, sub + 16, 2);
    memcpy(out->scales + 2, sub, 16);
    for (int k = 0; k < MAX_BLOCK; k++) {
        int half = k / 128, quarter = k % 128 / 32;
        uint8_t byte = low[half * 64 + quarter % 2 * 32 + k % 32];
        int top = high[half * 32 + k % 32] >> 2 * quarter & 3;
        out->q[k] = (uint8_t)((quarter < 2 ? byte & 15 : byte >> 4) | top << 4);
    }
}

static void read_gguf(const block_format *f, const uint8_t *block, raw_block *out) {
    if (f->code_bits == 8) {
        memcpy(out->scales, block, 2);
        memcpy(out->q, block + 2, BLOCK);
    } else if (f->code_bits == 6) {
        read_q6_k(block, out);
    } else if (f->elements == MAX_BLOCK) {
        read_with_minima(f, block, out);
    } else {
        read_simple(f, block, out);
    }
}

/* ---- the packed layout ---- */

/* Part of a code: `bits` of it from bit `from`, at bit `shift` of its lane in word `word`. */
typedef struct piece {
    int word, shift, from, bits;
} piece;

/* The pieces of the codes of columns 2 pair and 2 pair + 1; how many. */
static int find_pieces(int code_bits, int pair, piece out[5]) {
    int half = pair / 8, k = pair % 8;
    if (code_bits == 4) {
        out[0] = (piece){pair / 4, pair % 4 * 4, 0, 4};
        return 1;
    }
    if (code_bits == 5 && pair < 15) {
        out[0] = (piece){pair / 3, pair % 3 * 5 + 1, 0, 5};
        return 1;
    }
    if (code_bits == 5) {
        for (int i = 0; i < 5; i++) out[i] = (piece){i, 0, 4 - i, 1};
        return 5;
    }
    out[0] =
        k < 6 ? (piece){3 * half + k / 2, k % 2 * 6, 0, 6} : (piece){3 * half + k - 6, 12, 0, 4};
    out[1] = (piece){3 * half + 2, 2 * k, 4, 2};
    return k < 6 ? 1 : 2;
}

static void write_codes(const uint8_t q[BLOCK], int code_bits, uint8_t *out) {
    if (code_bits == 8) {
        memcpy(out, q, BLOCK);
        return;
    }
    uint32_t words[6] = {0};
    for (int pair = 0; pair < BLOCK / 2; pair++) {
        piece pieces[5];
        uint32_t codes = (uint32_t)(q[2 * pair] | q[2 * pair + 1] << 16);
        for (int i = find_pieces(code_bits, pair, pieces); i-- > 0;) {
            uint32_t mask = 0x10001u * ((1u << pieces[i].bits) - 1);
            words[pieces[i].word] |= (codes >> pieces[i].from & mask) << pieces[i].shift;
        }
    }
    for (int i = 0; i < 4 * code_bits; i++) out[i] = (uint8_t)(words[i / 4] >> i % 4 * 8);
}

static void read_codes(const uint8_t *in, int code_bits, uint8_t q[BLOCK]) {
    if (code_bits == 8) {
        memcpy(q, in, BLOCK);
        return;
    }
    uint32_t words[6] = {0};
    for (int i = 0; i < 4 * code_bits; i++) words[i / 4] |= (uint32_t)in[i] << i % 4 * 8;
    for (int pair = 0; pair < BLOCK / 2; pair++) {
        piece pieces[5];
        uint32_t codes = 0;
        for (int i = find_pieces(code_bits, pair, pieces); i-- > 0;) {
            uint32_t mask = 0x10001u * ((1u << pieces[i].bits) - 1);
            codes |= (words[pieces[i].word] >> pieces[i].shift & mask) << pieces[i].from;
        }
        q[2 * pair] = (uint8_t)codes;
        q[2 * pair + 1] = (uint8_t)(codes >> 16);
    }
}

static void write_packed(const block_format *f, const uint8_t *gguf, uint8_t *out) {
    raw_block raw;
    read_gguf(f, gguf, &raw);
    memcpy(out, raw.scales, scale_bytes(f));
    out += scale_bytes(f);
    for (int k = 0; k < f->elements; k += BLOCK, out += 4 * f->code_bits)
        write_codes(raw.q + k, f->code_bits, out);
}

static void read_packed(const block_format *f, const uint8_t *packed, raw_block *out) {
    memcpy(out->scales, packed, scale_bytes(f));
    packed += scale_bytes(f);
    for (int k = 0; k < f->elements; k += BLOCK, packed += 4 * f->code_bits)
        read_codes(packed, f->code_bits, out->q + k);
}

/* A run of n bytes in granules of 1, 2 or 4, to or from lane `lane` of a panel. */
static void scatter(const uint8_t *in, size_t n, size_t granule, size_t lane, uint8_t *panel) {
    panel += lane * granule;
    if (granule == 4) {
        for (size_t at = 0; at < n; at += 4) memcpy(panel + PANEL * at, in + at, 4);
    } else if (granule == 2) {
        for (size_t at = 0; at < n; at += 2) memcpy(panel + PANEL * at, in + at, 2);
    } else {
        for (size_t at = 0; at < n; at++) panel[PANEL * at] = in[at];
    }
}

static void gather(const uint8_t *panel, size_t n, size_t granule, size_t lane, uint8_t *out) {
    panel += lane * granule;
    if (granule == 4) {
        for (size_t at = 0; at < n; at += 4) memcpy(out + at, panel + PANEL * at, 4);
    } else if (granule == 2) {
        for (size_t at = 0; at < n; at += 2) memcpy(out + at, panel + PANEL * at, 2);
    } else {
        for (size_t at = 0; at < n; at++) out[at] = panel[PANEL * at];
    }
}

/* The runs of a packed block: f16s, sub-scales, codes. */
typedef struct run {
    size_t at, n, granule;
} run;
static void find_runs(const block_format *f, run runs[3]) {
    size_t halves = f->minimum ? 4 : 2, codes = scale_bytes(f);
    runs[0] = (run){0, halves, 2};
    runs[1] = (run){halves, (size_t)f->sub_scales, 1};
    runs[2] = (run){codes, (size_t)f->bytes - codes, f->code_bits == 8 ? 2 : 4};
}

void assay_row_pack(const block_format *f, uint8_t *row, size_t row_bytes) {
    uint8_t packed[MAX_BLOCK_BYTES];
    if (f->code_bits == 0) return; /* packed as they are */
    for (size_t at = 0; at < row_bytes; at += (size_t)f->bytes) {
        write_packed(f, row + at, packed);
        memcpy(row + at, packed, (size_t)f->bytes);
    }
}

static void pack_lane(const block_format *f, const uint8_t *row, size_t row_bytes, size_t lane,
                      uint8_t *panel) {
    uint8_t packed[MAX_BLOCK_BYTES];
    run runs[3];
    if (f->code_bits == 0) {
        scatter(row, row_bytes, (size_t)f->bytes, lane, panel);
        return;
    }
    find_runs(f, runs);
    for (size_t at = 0; at < row_bytes; at += (size_t)f->bytes) {
        write_packed(f, row + at, packed);
        for (const run *r = runs; r < runs + 3; r++)
            scatter(packed + r->at, r->n, r->granule, lane, panel + PANEL * (at + r->at));
    }
}

void assay_panel_pack(const block_format *f, const uint8_t *rows, size_t row_bytes,
                      uint8_t *panel) {
    for (size_t r = 0; r < PANEL; r++) pack_lane(f, rows + r * row_bytes, row_bytes, r, panel);
}

/* Where a row of a packed matrix begins; in a panel, where that panel does. */
static const uint8_t *find_row(const assay_matrix *matrix, int row, bool *in_panel) {
    const block_format *f = assay_block_format(matrix->type);
    size_t row_bytes = (size_t)(matrix->cols / f->elements) * (size_t)f->bytes;
    *in_panel = row / PANEL < matrix->rows / PANEL;
    return matrix->data + (size_t)(*in_panel ? row / PANEL * PANEL : row) * row_bytes;
}

/* ---- values ---- */

void assay_six_bits_read(const uint8_t *bytes, uint8_t scale[8], uint8_t minimum[8]) {
    for (int j = 0; j < 4; j++) {
        scale[j] = bytes[j] & 63;
        minimum[j] = bytes[j + 4] & 63;
        scale[j + 4] = (uint8_t)((bytes[j + 8] & 15) | bytes[j] >> 6 << 4);
        minimum[j + 4] = (uint8_t)(bytes[j + 8] >> 4 | bytes[j + 4] >> 6 << 4);
    }
}

void assay_six_bits_write(const uint8_t scale[8], const uint8_t minimum[8], uint8_t *bytes) {
    for (int j = 0; j < 4; j++) {
        bytes[j] = (uint8_t)(scale[j] | scale[j + 4] >> 4 << 6);
        bytes[j + 4] = (uint8_t)(minimum[j] | minimum[j + 4] >> 4 << 6);
        bytes[j + 8] = (uint8_t)((scale[j + 4] & 15) | (minimum[j + 4] & 15) << 4);
    }
}

static void read_values(const block_format *f, const raw_block *raw, block_weights *out) {
    const uint8_t *sub = raw->scales + (f->minimum ? 4 : 2);
    float d = load_f16(raw->scales), m = f->minimum ? load_f16(raw->scales + 2) : 0.0f;
    uint8_t scale[8], minimum[8];
    if (f->sub_scales == 12) assay_six_bits_read(sub, scale, minimum);
    for (int b = 0; b < f->elements / BLOCK; b++) {
        out->scale[b] = f->sub_scales == 12 ? d * (float)scale[b] : d;
        out->minimum[b] = f->sub_scales == 12 ? -m * (float)minimum[b] : m;
    }
    for (int g = 0; g < f->elements / 16; g++)
        out->sub[g] = f->sub_scales == 16 ? (int8_t)sub[g] : 1;
    int offset = f->minimum ? 0 : 1 << (f->code_bits - 1);
    for (int k = 0; k < f->elements; k++)
        out->q[k] = (int16_t)(f->code_bits == 8 ? (int8_t)raw->q[k] : raw->q[k] - offset);
}

void assay_block_read(const block_format *f, const uint8_t *gguf, block_weights *out) {
    raw_block raw;
    read_gguf(f, gguf, &raw);
    read_values(f, &raw, out);
}

void assay_block_unpack(const assay_matrix *matrix, int row, size_t b, block_weights *out) {
    const block_format *f = assay_block_format(matrix->type);
    size_t at = b * (size_t)f->bytes;
    uint8_t gathered[MAX_BLOCK_BYTES];
    bool in_panel;
    const uint8_t *packed = find_row(matrix, row, &in_panel);
    raw_block raw;
    run runs[3];
    find_runs(f, runs);
    for (const run *r = runs; in_panel && r < runs + 3; r++)
        gather(packed + PANEL * (at + r->at), r->n, r->granule, (size_t)row % PANEL,
               gathered + r->at);
    read_packed(f, in_panel ? gathered : packed + at, &raw);
    read_values(f, &raw, out);
}

/* In ggml's order of operations, which decides the sign of a zero. */
void assay_block_values(const block_format *f, const block_weights *w, float *out) {
    for (int k = 0; k < f->elements; k++) {
        float value = w->scale[k / BLOCK] * (float)w->sub[k / 16] * (float)w->q[k];
        out[k] = f->minimum ? value + w->minimum[k / BLOCK] : value;
    }
}

void assay_floats_read(const block_format *f, const uint8_t *bytes, size_t n, float *out) {
    bool half = f == assay_block_format(ASSAY_F16);
    for (size_t i = 0; i < n && f->bytes == 4; i++) {
        const uint8_t *p = bytes + 4 * i;
        out[i] = assay_f32_from_bits((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                                     (uint32_t)p[3] << 24);
    }
    for (size_t i = 0; i < n && f->bytes == 2; i++) {
        uint16_t bits = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
        out[i] = half ? assay_f16_to_f32(bits) : assay_f32_from_bits((uint32_t)bits << 16);
    }
}

void assay_floats_unpack(const assay_matrix *matrix, int row, size_t first, size_t n, float *out) {
    const block_format *f = assay_block_format(matrix->type);
    size_t bytes = (size_t)f->bytes;
    uint8_t gathered[4 * MAX_BLOCK];
    bool in_panel;
    const uint8_t *packed = find_row(matrix, row, &in_panel);
    if (in_panel)
        gather(packed + PANEL * first * bytes, n * bytes, bytes, (size_t)row % PANEL, gathered);
    assay_floats_read(f, in_panel ? gathered : packed + first * bytes, n, out);
}
