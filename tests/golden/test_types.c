/* Blocks to floats and floats to blocks, bit for bit what ggml's own package makes of them:
 * tests/golden/gen/weight_types.py, which says what the records are.
 *
 *     test_types [FILE]     another file of that generator */
#define TEST_NO_MAIN
#include "test.h"

#include "base/os.h"
#include "kernels/kernels.h"

enum { DEQUANTIZE, QUANTIZE, N_KINDS, HEADER = 16 };

static const char *path = "tests/golden/types/types.bin";
static uint8_t *bytes;
static size_t n_bytes;

typedef struct record {
    uint32_t kind, type, n, n_block_bytes;
    const uint8_t *blocks, *floats;
} record;

/* The record at `at`, which moves behind it; false at the end. */
static bool next_record(size_t *at, record *out) {
    if (n_bytes - *at < HEADER) return false;
    memcpy(out, bytes + *at, HEADER);
    size_t row = 0, size = (size_t)out->n_block_bytes + (size_t)out->n * sizeof(float);
    bool sound = n_bytes - *at - HEADER >= size &&
                 assay_type_size((assay_type)out->type, 1, out->n, &row) &&
                 row == out->n_block_bytes;
    CHECK(sound, "the record at %zu of %s is broken", *at, path);
    if (!sound) return false;
    out->blocks = bytes + *at + HEADER;
    out->floats = out->blocks + out->n_block_bytes;
    *at += HEADER + size;
    return true;
}

/* Index of the first item that differs, -1 when there is none. */
static long difference(const void *a, const void *b, size_t item, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (memcmp((const uint8_t *)a + i * item, (const uint8_t *)b + i * item, item) != 0)
            return (long)i;
    }
    return -1;
}

static void check_dequantize(const record *r) {
    const char *name = assay_type_name((assay_type)r->type);
    float *out = malloc((size_t)r->n * sizeof *out);
    REQUIRE(out != NULL);
    assay_dequantize_row((assay_type)r->type, r->blocks, r->n, out);
    long at = difference(out, r->floats, sizeof *out, r->n);
    float want = 0;
    if (at >= 0) memcpy(&want, r->floats + (size_t)at * sizeof want, sizeof want);
    CHECK(at < 0, "%s: element %ld is %a, not %a", name, at, (double)out[at < 0 ? 0 : at],
          (double)want);
    free(out);
}

static void check_quantize(const record *r) {
    assay_type type = (assay_type)r->type;
    uint8_t *out = malloc(r->n_block_bytes);
    float *x = malloc((size_t)r->n * sizeof *x);
    REQUIRE(out != NULL && x != NULL);
    memcpy(x, r->floats, (size_t)r->n * sizeof *x);
    assay_quantize_row(type, x, r->n, out);
    size_t block = assay_type_bytes(type);
    long at = difference(out, r->blocks, block, r->n_block_bytes / block);
    CHECK(at < 0, "%s: block %ld is not the reference's", assay_type_name(type), at);
    free(out);
    free(x);
}

static void check_all(uint32_t kind, int n_types) {
    bool seen[ASSAY_TYPE_END] = {false};
    size_t at = 0;
    record r;
    while (next_record(&at, &r)) {
        if (r.kind != kind) continue;
        seen[r.type] = true;
        (kind == DEQUANTIZE ? check_dequantize : check_quantize)(&r);
    }
    CHECK(at == n_bytes, "%s does not end with a record", path);
    for (int i = 0; i < ASSAY_TYPE_END; i++) n_types -= seen[i];
    CHECK(n_types == 0, "%d types are missing", n_types);
}

TEST(blocks_dequantize_as_in_ggml) {
    check_all(DEQUANTIZE, 10); /* all but F32 */
}

TEST(floats_quantize_as_in_ggml) {
    check_all(QUANTIZE, 7); /* those that ggml's package quantizes */
}

int main(int argc, char **argv) {
    assay_error err = {0};
    if (argc > 1) path = argv[1];
    if (assay_os_read_file(path, 1u << 30, &bytes, &n_bytes, &err) != ASSAY_OK) {
        printf("FAIL main: %s\n", err.text);
        return 1;
    }
    int status = test_main(1, argv);
    free(bytes);
    return status;
}
