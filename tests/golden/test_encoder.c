/* The encoder against Hugging Face's BertModel in double precision (tests/golden/gen/encoder_reference.py), on the same
 * seeded weights.
 *
 * Bounds: with F32 weights a relative L2 of 5e-6, some 50 units in the last place after up to 12 layers of sums of up to
 * 1536 terms. The other types round the weights too, which seeded noise answers more strongly than trained weights do: for
 * them the cosine alone, as it is used. */
#include "test.h"

#include <math.h>

#include "../unit/encoder_fixture.h"
#include "base/os.h"
#include "base/sha256.h"
#include "format/json.h"

enum { MAX_IDS = 64, MAX_DIM = 384 };

static cJSON *read_json(const char *path) {
    uint8_t *bytes = NULL;
    size_t n = 0;
    cJSON *json = NULL;
    assay_error err = {0};
    assay_status status = assay_os_read_file(path, (size_t)1 << 24, &bytes, &n, &err);
    if (status == ASSAY_OK) status = assay_json_parse((const char *)bytes, n, path, &json, &err);
    CHECK(status == ASSAY_OK, "%s", err.text);
    free(bytes);
    return json;
}

static size_t read_ids(const cJSON *array, int32_t *ids) {
    size_t n = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, array) {
        if (n < MAX_IDS) ids[n++] = (int32_t)item->valuedouble;
    }
    return n;
}

typedef struct distance {
    double l2, cosine; /* relative to the expected vector */
} distance;

static distance compare(const float *found, const cJSON *expected, size_t dim) {
    double dot = 0, a = 0, b = 0, off = 0;
    const cJSON *item = NULL;
    size_t i = 0;
    cJSON_ArrayForEach(item, expected) {
        if (i == dim) return (distance){INFINITY, -1};
        double x = (double)found[i++], y = item->valuedouble;
        dot += x * y;
        a += x * x;
        b += y * y;
        off += (x - y) * (x - y);
    }
    return i == dim ? (distance){sqrt(off / b), dot / sqrt(a * b)} : (distance){INFINITY, -1};
}

/* The largest distance over all cases and poolings. */
static distance check_cases(const assay_encoder *encoder, const cJSON *cases) {
    static const char *const names[] = {NULL, "mean", "cls", "last"};
    distance worst = {0, 1};
    size_t dim = (size_t)assay_encoder_get_info(encoder)->dim;
    int n_cases = 0;
    for (int pooling = ASSAY_POOLING_MEAN; pooling <= ASSAY_POOLING_LAST; pooling++) {
        assay_encoder_options options = assay_encoder_defaults();
        options.pooling = (assay_pooling)pooling;
        options.normalize = false;
        assay_encoder_session *s = encoder_start(encoder, &options);
        const cJSON *one = NULL;
        cJSON_ArrayForEach(one, cases) {
            int32_t ids[MAX_IDS];
            float out[MAX_DIM];
            assay_error err;
            size_t n = read_ids(cJSON_GetObjectItemCaseSensitive(one, "ids"), ids);
            CHECK_STATUS(assay_encoder_embed_ids(s, ids, n, out, &err), ASSAY_OK, err);
            const cJSON *want = cJSON_GetObjectItemCaseSensitive(one, names[pooling]);
            distance d = compare(out, want, dim);
            worst.l2 = d.l2 > worst.l2 ? d.l2 : worst.l2;
            worst.cosine = d.cosine < worst.cosine ? d.cosine : worst.cosine;
            n_cases++;
        }
        assay_encoder_session_destroy(s);
    }
    CHECK(n_cases >= 6, "%d cases", n_cases);
    return worst;
}

static void check(encoder_spec spec, const char *golden, double l2, double cosine) {
    assay_encoder *encoder = encoder_load(spec);
    cJSON *json = read_json(golden);
    REQUIRE(encoder != NULL && json != NULL);
    distance d = check_cases(encoder, cJSON_GetObjectItemCaseSensitive(json, "cases"));
    printf("# %s %s: l2 %.2g, cosine %.7f\n", golden, assay_type_name(spec.type), d.l2, d.cosine);
    CHECK(d.l2 < l2, "off by %.3g", d.l2);
    CHECK(d.cosine > cosine, "cosine %.7f", d.cosine);
    cJSON_Delete(json);
    assay_encoder_destroy(encoder);
}

TEST(tiny_f32) {
    check(encoder_tiny(ASSAY_F32), "tests/golden/encoder/tiny.json", 5e-6, 0.99999999);
}
TEST(tiny_in_every_type) {
    static const struct {
        assay_type type;
        double cosine;
    } types[] = {{ASSAY_F16, 0.9999}, {ASSAY_BF16, 0.9999}, {ASSAY_Q8_0, 0.999},
                 {ASSAY_Q5_1, 0.985}, {ASSAY_Q5_0, 0.985},  {ASSAY_Q4_1, 0.96},
                 {ASSAY_Q4_0, 0.96}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        check(encoder_tiny(types[i].type), "tests/golden/encoder/tiny.json", 1, types[i].cosine);
}

/* Types of blocks of 256 need a wider model; against F32 weights, whose result the reference holds. */
TEST(wide_in_every_type) {
    static const struct {
        assay_type type;
        double cosine;
    } types[] = {{ASSAY_Q6_K, 0.998}, {ASSAY_Q5_K, 0.995}, {ASSAY_Q4_K, 0.98}};
    enum { WIDE = 256, N_IDS = 21 };
    int32_t ids[N_IDS];
    float want[WIDE], found[WIDE];
    for (int i = 0; i < N_IDS; i++) ids[i] = (i * 31 + 2) % ENCODER_VOCAB;
    for (int i = -1; i < 3; i++) {
        encoder_spec spec = encoder_tiny(i < 0 ? ASSAY_F32 : types[i].type);
        spec.dim = WIDE;
        spec.ffn = 2 * WIDE;
        spec.scale = 0.125f;
        assay_encoder *encoder = encoder_load(spec);
        assay_encoder_session *s = encoder != NULL ? encoder_start(encoder, NULL) : NULL;
        assay_error err;
        REQUIRE(s != NULL);
        CHECK_STATUS(assay_encoder_embed_ids(s, ids, N_IDS, i < 0 ? want : found, &err), ASSAY_OK,
                     err);
        double dot = 0; /* of unit vectors */
        for (int d = 0; i >= 0 && d < WIDE; d++) dot += (double)want[d] * (double)found[d];
        if (i >= 0) {
            printf("# wide %s: cosine %.7f\n", assay_type_name(spec.type), dot);
            CHECK(dot > types[i].cosine && dot < 1 - 1e-7, "%s: cosine %.7f",
                  assay_type_name(spec.type), dot);
        }
        assay_encoder_session_destroy(s);
        assay_encoder_destroy(encoder);
    }
}

TEST(shape_of_bge_small_f32) {
    check(encoder_bge_small(ASSAY_F32), "tests/golden/encoder/bge-small.json", 5e-6, 0.99999999);
}

/* The same bits in every build: compiler, instruction set, WebAssembly. A change of the numerics on purpose changes these. */
TEST(bits_are_those_of_every_build) {
    static const struct {
        assay_type type;
        const char *sha256;
    } expected[] = {
        {ASSAY_F32, "1f9594a7136502475aa4b34324c10e3e801bd1f39279e41976e3f924b7669e1c"},
        {ASSAY_F16, "16e6f5770927be9a650d79929e725663d8730ab6e3b25b02af52554f916fac59"},
        {ASSAY_Q8_0, "e8b8374fcc17e9bb5634e14b75f777368eaa0d05b8cd90232f5a22c3af297547"},
    };
    cJSON *json = read_json("tests/golden/encoder/tiny.json");
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assay_encoder *encoder = encoder_load(encoder_tiny(expected[i].type));
        assay_encoder_session *s = encoder != NULL ? encoder_start(encoder, NULL) : NULL;
        REQUIRE(json != NULL && s != NULL);
        float out[8][64] = {{0}};
        size_t n_cases = 0;
        const cJSON *one = NULL;
        cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(json, "cases")) {
            int32_t ids[MAX_IDS];
            assay_error err;
            size_t n = read_ids(cJSON_GetObjectItemCaseSensitive(one, "ids"), ids);
            CHECK_STATUS(assay_encoder_embed_ids(s, ids, n, out[n_cases], &err), ASSAY_OK, err);
            if (n_cases < 7) n_cases++;
        }
        assay_digest digest = assay_sha256_of(out, sizeof out);
        CHECK(strcmp(digest.hex, expected[i].sha256) == 0, "%s: %s",
              assay_type_name(expected[i].type), digest.hex);
        assay_encoder_session_destroy(s);
        assay_encoder_destroy(encoder);
    }
    cJSON_Delete(json);
}
