/* parts -> plan (a type for every tensor) -> header -> rows: dequantized, quantized, measured, written. */
#include "model/quantize.h"

#include <stdlib.h>
#include <string.h>

#include "model/loader.h"

enum {
    MAX_KINDS = 256,        /* more are counted with the last */
    CHUNK_ELEMENTS = 65536, /* about; always whole rows */
    QUANTIZATION_VERSION = 2
};

/* ---- types ---- */

static bool fills_blocks(assay_type type, uint64_t cols) {
    return cols % (uint64_t)assay_type_block(type) == 0;
}

assay_type assay_type_stored(assay_type wanted, const char *name, int n_dims,
                             const uint64_t *dims) {
    uint64_t rows = 1;
    for (int i = 1; i < n_dims; i++) rows *= dims[i];
    if (rows == 1 || strstr(name, "position_embd") != NULL || strstr(name, "token_types") != NULL)
        return ASSAY_F32;
    if (n_dims > 2) return wanted == ASSAY_F16 ? ASSAY_F16 : ASSAY_F32;
    if (fills_blocks(wanted, dims[0])) return wanted;
    assay_type near = wanted == ASSAY_Q4_K   ? ASSAY_Q5_0
                      : wanted == ASSAY_Q5_K ? ASSAY_Q5_1
                      : wanted == ASSAY_Q6_K ? ASSAY_Q8_0
                                             : ASSAY_F16;
    return fills_blocks(near, dims[0]) ? near : ASSAY_F16;
}

/* general.file_type of a file that is mostly of this type (llama_ftype of llama.cpp; its small mixture for K types). */
static uint32_t file_type(assay_type type) {
    static const struct {
        assay_type type;
        uint32_t id;
    } ids[] = {{ASSAY_F32, 0},   {ASSAY_F16, 1},   {ASSAY_Q4_0, 2}, {ASSAY_Q4_1, 3},
               {ASSAY_Q8_0, 7},  {ASSAY_Q5_0, 8},  {ASSAY_Q5_1, 9}, {ASSAY_Q4_K, 14},
               {ASSAY_Q5_K, 16}, {ASSAY_Q6_K, 18}, {ASSAY_BF16, 32}};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (ids[i].type == type) return ids[i].id;
    return 0;
}

/* ---- header ---- */

static bool is_replaced(const char *key) {
    return strcmp(key, "general.file_type") == 0 || strcmp(key, "general.alignment") == 0 ||
           strcmp(key, "general.quantization_version") == 0 || strncmp(key, "split.", 6) == 0;
}

static void put_metadata(assay_gguf_writer *w, const assay_gguf *from, assay_type type) {
    const char *key = NULL;
    char value[1];
    for (size_t i = 0; assay_gguf_describe(from, i, &key, value, sizeof value); i++)
        if (!is_replaced(key)) assay_gguf_put_copy(w, from, i);
    assay_gguf_put_u32(w, "general.file_type", file_type(type));
    assay_gguf_put_u32(w, "general.quantization_version", QUANTIZATION_VERSION);
}

static assay_status write_header(const assay_parts *parts, const assay_quantize_options *options,
                                 assay_quantize_report *report, assay_error *err) {
    uint8_t *header = NULL;
    size_t n = 0;
    const assay_gguf_tensor *t = NULL;
    assay_gguf_writer *w = assay_gguf_writer_create();
    if (w == NULL) return assay_fail(err, ASSAY_E_MEMORY, "quantize: out of memory");
    put_metadata(w, assay_parts_head(parts), options->type);
    for (size_t i = 0; (t = assay_parts_at(parts, i, NULL)) != NULL; i++) {
        assay_type to = assay_type_stored(options->type, t->name, t->n_dims, t->dims);
        assay_gguf_put_tensor(w, t->name, to, t->n_dims, t->dims);
    }
    assay_status status = assay_gguf_build_header(w, &header, &n, err);
    if (status == ASSAY_OK) status = options->write(options->context, header, n, err);
    report->n_bytes += n;
    free(header);
    assay_gguf_writer_destroy(w);
    return status;
}

/* ---- one tensor ---- */

/* Some rows of a tensor on their way. Each row writes its own places only. */
typedef struct chunk {
    assay_type from, to;
    size_t cols, from_bytes, to_bytes; /* of a row */
    const uint8_t *in;
    uint8_t *out;
    float *old, *new;      /* [rows, cols] */
    double *error, *power; /* [rows] */
} chunk;

static void convert_rows(void *context, size_t begin, size_t end, int worker) {
    const chunk *c = context;
    (void)worker;
    for (size_t r = begin; r < end; r++) {
        float *old = c->old + r * c->cols, *new = c->new + r * c->cols;
        uint8_t *out = c->out + r * c->to_bytes;
        double error = 0, power = 0;
        assay_dequantize_row(c->from, c->in + r * c->from_bytes, c->cols, old);
        assay_quantize_row(c->to, old, c->cols, out);
        assay_dequantize_row(c->to, out, c->cols, new);
        for (size_t i = 0; i < c->cols; i++) {
            double x = (double)old[i], off = (double)new[i] - x;
            error += off * off;
            power += x * x;
        }
        c->error[r] = error;
        c->power[r] = power;
    }
}

static bool chunk_alloc(chunk *c, size_t rows) {
    c->out = assay_alloc(rows, c->to_bytes);
    c->old = assay_alloc(rows, c->cols * sizeof *c->old);
    c->new = assay_alloc(rows, c->cols * sizeof *c->new);
    c->error = assay_alloc(rows, 2 * sizeof *c->error);
    c->power = c->error + rows;
    return c->out != NULL && c->old != NULL && c->new != NULL && c->error != NULL;
}

static void chunk_free(chunk *c) {
    free(c->out);
    free(c->old);
    free(c->new);
    free(c->error);
}

static assay_status convert(const assay_quantize_options *options, const assay_gguf_tensor *t,
                            const uint8_t *data, assay_quantize_kind *kind, assay_error *err) {
    chunk c = {.from = (assay_type)t->type, .to = kind->to, .cols = (size_t)t->dims[0], .in = data};
    size_t rows = (size_t)(t->dims[1] * t->dims[2] * t->dims[3]), at_once = CHUNK_ELEMENTS / c.cols;
    assay_status status = ASSAY_OK;
    if (at_once == 0) at_once = 1;
    if (at_once > rows) at_once = rows;
    if (c.cols > SIZE_MAX / sizeof(double) || !assay_type_size(c.from, 1, c.cols, &c.from_bytes) ||
        !assay_type_size(c.to, 1, c.cols, &c.to_bytes) || !chunk_alloc(&c, at_once)) {
        status = assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", t->name);
    }
    for (size_t done = 0; done < rows && status == ASSAY_OK; done += at_once) {
        size_t n = rows - done < at_once ? rows - done : at_once;
        c.in = data + done * c.from_bytes;
        assay_parallel_for(options->pool, n, 1 + n / 64, convert_rows, &c);
        for (size_t r = 0; r < n; r++) {
            kind->error += c.error[r];
            kind->power += c.power[r];
        }
        status = options->write(options->context, c.out, n * c.to_bytes, err);
    }
    chunk_free(&c);
    return status;
}

/* ---- kinds ---- */

/* "blk.12.attn_q.weight" -> "blk.*.attn_q.weight" */
static void kind_name(const char *tensor, char *out, size_t size) {
    size_t used = 0;
    for (const char *p = tensor; *p != '\0' && used + 1 < size;) {
        size_t digits = strspn(p, "0123456789");
        bool number =
            digits > 0 && (p == tensor || p[-1] == '.') && (p[digits] == '.' || p[digits] == '\0');
        out[used++] = number ? '*' : *p;
        p += number ? digits : 1;
    }
    out[used] = '\0';
}

static assay_quantize_kind *find_kind(assay_quantize_report *report, const assay_gguf_tensor *t,
                                      assay_type to) {
    char name[sizeof report->kinds->name] = {0};
    kind_name(t->name, name, sizeof name);
    for (size_t i = 0; i < report->n; i++) {
        assay_quantize_kind *k = &report->kinds[i];
        if (k->from == (assay_type)t->type && k->to == to && strcmp(k->name, name) == 0) return k;
    }
    if (report->n == MAX_KINDS) return &report->kinds[MAX_KINDS - 1];
    assay_quantize_kind *k = &report->kinds[report->n++];
    *k = (assay_quantize_kind){.from = (assay_type)t->type, .to = to};
    memcpy(k->name, name, sizeof name);
    return k;
}

/* ---- the file ---- */

static assay_status check_types(const assay_parts *parts, assay_error *err) {
    const assay_gguf_tensor *t = NULL;
    char known[128];
    for (size_t i = 0; (t = assay_parts_at(parts, i, NULL)) != NULL; i++) {
        if (assay_type_name((assay_type)t->type) != NULL) continue;
        return assay_fail(err, ASSAY_E_UNSUPPORTED, "%s: tensor %s has type %s; supported are %s",
                          assay_gguf_what(assay_parts_head(parts)), t->name,
                          assay_gguf_type_name(t->type), assay_loader_types(known, sizeof known));
    }
    return ASSAY_OK;
}

static assay_status write_tensor(const assay_quantize_options *options, const assay_gguf_tensor *t,
                                 const uint8_t *data, assay_quantize_report *report,
                                 assay_error *err) {
    static const uint8_t zeros[ASSAY_GGUF_ALIGNMENT];
    assay_type to = assay_type_stored(options->type, t->name, t->n_dims, t->dims);
    assay_quantize_kind *kind = find_kind(report, t, to);
    uint64_t bytes = 0;
    assay_gguf_type_bytes((uint32_t)to, t->dims, &bytes);
    assay_status status = t->type == (uint32_t)to
                              ? options->write(options->context, data, (size_t)t->bytes, err)
                              : convert(options, t, data, kind, err);
    size_t padding = (size_t)(-bytes % ASSAY_GGUF_ALIGNMENT);
    if (status == ASSAY_OK && padding > 0)
        status = options->write(options->context, zeros, padding, err);
    kind->n++;
    kind->n_elements += t->dims[0] * t->dims[1] * t->dims[2] * t->dims[3];
    kind->bytes_before += t->bytes;
    kind->bytes_after += bytes;
    report->n_bytes += bytes + padding;
    return status;
}

assay_status assay_quantize(const assay_parts *parts, const assay_quantize_options *options,
                            assay_quantize_report *out, assay_error *err) {
    const assay_gguf_tensor *t = NULL;
    uint8_t *data = NULL;
    *out = (assay_quantize_report){0};
    assay_status status = check_types(parts, err);
    if (status != ASSAY_OK) return status;
    out->kinds = assay_calloc(MAX_KINDS, sizeof *out->kinds);
    if (out->kinds == NULL) return assay_fail(err, ASSAY_E_MEMORY, "quantize: out of memory");
    status = write_header(parts, options, out, err);
    for (size_t i = 0; status == ASSAY_OK && (t = assay_parts_at(parts, i, &data)) != NULL; i++)
        status = write_tensor(options, t, data, out, err);
    if (status != ASSAY_OK) assay_quantize_report_free(out);
    return status;
}

void assay_quantize_report_free(assay_quantize_report *report) {
    free(report->kinds);
    *report = (assay_quantize_report){0};
}
