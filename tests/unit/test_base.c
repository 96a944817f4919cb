/* base/: errors, memory, cursor, random numbers, SHA-256, maths, files. (The pool has its own program: test_pool.c.) */
#include "test.h"

#include <math.h>

#include "base/arena.h"
#include "base/cursor.h"
#include "base/maths.h"
#include "base/os.h"
#include "base/rng.h"
#include "base/sha256.h"

TEST(first_error_wins) {
    assay_error err = {0};
    CHECK(assay_fail(&err, ASSAY_E_FORMAT, "first %d", 1) == ASSAY_E_FORMAT);
    CHECK(assay_fail(&err, ASSAY_E_IO, "second") == ASSAY_E_FORMAT);
    CHECK(strcmp(err.text, "first 1") == 0, "%s", err.text);
    CHECK(assay_fail(NULL, ASSAY_E_IO, "nobody listens") == ASSAY_E_IO);
}

TEST(sizes_are_checked) {
    size_t out = 7;
    CHECK(!assay_size_add(SIZE_MAX, 1, &out) && out == 7);
    CHECK(!assay_size_mul(SIZE_MAX / 2, 3, &out) && out == 7);
    CHECK(assay_size_mul(0, SIZE_MAX, &out) && out == 0);
    CHECK(assay_alloc(SIZE_MAX / 2, 3) == NULL);
}

TEST(arena_gives_aligned_blocks_until_full) {
    assay_arena arena;
    assay_error err;
    CHECK_STATUS(assay_arena_create(&arena, 1000, "test", &err), ASSAY_OK, err);
    size_t mark = assay_arena_mark(&arena);
    uint8_t *a = assay_arena_alloc(&arena, 3, 1), *b = assay_arena_alloc(&arena, 900, 1);
    CHECK(a && b && (uintptr_t)a % ASSAY_ALIGN == 0 && (uintptr_t)b % ASSAY_ALIGN == 0);
    CHECK(assay_arena_alloc(&arena, 1, 1) == NULL);
    CHECK(assay_arena_alloc(&arena, SIZE_MAX, 2) == NULL);
    assay_arena_reset(&arena, mark);
    CHECK(assay_arena_alloc(&arena, 1, 1) == (void *)a);
    assay_arena_destroy(&arena);
    CHECK_STATUS(assay_arena_create(&arena, SIZE_MAX - 1, "test", &err), ASSAY_E_MEMORY, err);
}

TEST(buffer_grows) {
    assay_buffer buffer = {0};
    for (int i = 0; i < 1000; i++) assay_buffer_print(&buffer, "%d,", i);
    CHECK(!buffer.failed && buffer.len == 3890 && buffer.data[buffer.len] == '\0', "%zu",
          buffer.len);
    CHECK(memcmp(buffer.data + buffer.len - 4, "999,", 4) == 0);
    assay_buffer_free(&buffer);
}

TEST(cursor_stops_at_the_end) {
    const uint8_t bytes[] = {1, 2, 3, 4, 0, 0, 128, 63, 9};
    assay_cursor c = assay_cursor_over(bytes, sizeof bytes);
    CHECK(assay_cursor_u32(&c) == 0x04030201u);
    CHECK(assay_cursor_f32(&c) == 1.0f);
    CHECK(assay_cursor_can_hold(&c, 1, 1) && !assay_cursor_can_hold(&c, 2, 1));
    CHECK(!assay_cursor_can_hold(&c, UINT64_MAX, 16));
    CHECK(assay_cursor_u16(&c) == 0 && c.failed);
    CHECK(assay_cursor_u8(&c) == 0, "an error is sticky");
    CHECK(assay_cursor_bytes(&c, UINT64_MAX) == NULL);
}

TEST(rng_is_pinned_and_uniform) {
    assay_rng a = assay_rng_seed(1, 2), b = assay_rng_seed(2, 1), c = assay_rng_seed(1, 2);
    uint64_t first = assay_rng_u64(&a);
    CHECK(first == assay_rng_u64(&c) && first != assay_rng_u64(&b));
    int count[7] = {0};
    for (int i = 0; i < 70000; i++) count[assay_rng_below(&a, 7)]++;
    double chi = 0;
    for (int i = 0; i < 7; i++) chi += (count[i] - 1e4) * (count[i] - 1e4) / 1e4;
    CHECK(chi < 22.5, "chi-square %f with 6 degrees of freedom (p = 0.001)", chi);
    double sum = 0, squares = 0;
    for (int i = 0; i < 100000; i++) {
        double x = assay_rng_normal(&a);
        sum += x;
        squares += x * x;
    }
    CHECK(fabs(sum / 1e5) < 0.0105 && fabs(squares / 1e5 - 1) < 0.015, "mean %f, variance %f",
          sum / 1e5, squares / 1e5);
    int items[50];
    for (int i = 0; i < 50; i++) items[i] = i;
    assay_rng_shuffle(&a, items, 50, sizeof items[0]);
    int seen = 0, moved = 0;
    for (int i = 0; i < 50; i++) {
        seen += items[i];
        moved += items[i] != i;
    }
    CHECK(seen == 49 * 25 && moved > 40, "sum %d, moved %d", seen, moved);
}

TEST(sha256_known_answers) { /* FIPS 180-4 examples, and a length at every padding boundary */
    CHECK(strcmp(assay_sha256_of("", 0).hex,
                 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") == 0);
    CHECK(strcmp(assay_sha256_of("abc", 3).hex,
                 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
    char a[1000];
    memset(a, 'a', sizeof a);
    assay_sha256 sha;
    assay_sha256_init(&sha);
    for (int i = 0; i < 1000; i++) assay_sha256_update(&sha, a, 1000);
    CHECK(strcmp(assay_sha256_final(&sha).hex,
                 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0") == 0);
    for (size_t n = 50; n < 140; n++) { /* in pieces as at once */
        assay_sha256_init(&sha);
        assay_sha256_update(&sha, a, n / 3);
        assay_sha256_update(&sha, a, n - n / 3);
        assay_digest whole = assay_sha256_of(a, n);
        CHECK(strcmp(assay_sha256_final(&sha).hex, whole.hex) == 0, "n = %zu", n);
    }
}

static double relative(double got, double want) {
    return want == 0 ? fabs(got) : fabs(got - want) / fabs(want);
}

TEST(double_maths_against_the_c_library) {
    assay_rng rng = assay_rng_seed(3, 0);
    double worst_exp = 0, worst_log = 0, worst_sin = 0, worst_pow = 0;
    for (int i = 0; i < 200000; i++) {
        double x = (assay_rng_unit(&rng) - 0.5) * 1400,
               y = exp((assay_rng_unit(&rng) - 0.5) * 1000);
        double angle = (assay_rng_unit(&rng) - 0.5) * 2e6,
               small = (assay_rng_unit(&rng) - 0.5) * 100;
        worst_exp = fmax(worst_exp, relative(assay_exp(x), exp(x)));
        worst_log = fmax(worst_log, relative(assay_log(y), log(y)));
        worst_log = fmax(worst_log, fabs(assay_log(1 + small * 1e-3) - log(1 + small * 1e-3)));
        worst_sin = fmax(worst_sin, fabs(assay_sin(angle) - sin(angle)));
        worst_sin = fmax(worst_sin, fabs(assay_cos(angle) - cos(angle)));
        worst_sin = fmax(worst_sin, fabs(assay_sin(small) - sin(small)));
        worst_pow = fmax(worst_pow, relative(assay_pow(y, 0.5), pow(y, 0.5)));
    }
    CHECK(worst_exp < 4e-16, "exp %g", worst_exp);
    CHECK(worst_log < 4e-16, "log %g", worst_log);
    CHECK(worst_sin < 1e-15, "sin, cos %g", worst_sin);
    CHECK(worst_pow < 1e-13, "pow %g", worst_pow);
    CHECK(assay_exp(710) == INFINITY && assay_exp(-746) == 0 && assay_exp(0) == 1);
    CHECK(assay_log(0) == -INFINITY && assay_log(1) == 0 && isnan(assay_log(-1)));
    CHECK(relative(assay_exp(-740), exp(-740)) < 1e-2, "subnormal results");
    CHECK(relative(assay_log(1e-310), log(1e-310)) < 4e-16);
}

TEST(float_maths_against_the_c_library) {
    double worst_exp = 0, worst_tanh = 0, worst_erf = 0, worst_ulp = 0;
    for (int i = -873000; i <= 887000; i++) {
        float x = (float)i * 1e-4f;
        worst_exp = fmax(worst_exp, relative(assay_expf(x), exp(x)));
        float t = (float)i * 2e-5f;
        worst_tanh = fmax(worst_tanh, fabs(assay_tanhf(t) - tanh(t)));
        double want = erf((double)t), unit = ldexp(1, ilogb(want == 0 ? 1 : want) - 23);
        double off = fabs((double)assay_erff(t) - want);
        worst_erf = fmax(worst_erf, off);
        worst_ulp = fmax(worst_ulp, off / unit);
    }
    CHECK(worst_exp < 2e-7, "expf %g", worst_exp);
    CHECK(worst_tanh < 3e-7, "tanhf %g", worst_tanh);
    CHECK(worst_erf < 8e-8 && worst_ulp < 2, "erff %g, %g units", worst_erf, worst_ulp);
    CHECK(assay_expf(-100) == 0 && assay_expf(89) == INFINITY && assay_expf(0) == 1);
    CHECK(assay_tanhf(50) == 1 && assay_tanhf(-50) == -1 && assay_tanhf(0) == 0);
    CHECK(assay_erff(4) == 1 && assay_erff(-INFINITY) == -1 && assay_erff(0) == 0);
}

TEST(half_floats_are_exact) {
    for (uint32_t h = 0; h < 65536; h++) {
        float x = assay_f16_to_f32((uint16_t)h);
        if (isnan(x)) {
            CHECK((h & 0x7C00u) == 0x7C00u && (h & 0x3FFu));
            continue;
        }
        CHECK(assay_f32_to_f16(x) == h, "%x -> %g -> %x", h, (double)x, assay_f32_to_f16(x));
        int e = (int)(h >> 10 & 31), m = (int)(h & 1023);
        double want = e == 31 ? INFINITY : e ? ldexp(1024 + m, e - 25) : ldexp(m, -24);
        CHECK((double)x == (h & 0x8000u ? -want : want));
    }
    for (uint32_t h = 0; h < 0x7BFF; h++) { /* ties go to even, everything else to the nearer */
        float low = assay_f16_to_f32((uint16_t)h), high = assay_f16_to_f32((uint16_t)(h + 1));
        float middle = low + (high - low) * 0.5f;
        CHECK(assay_f32_to_f16(middle) == (h & 1 ? h + 1 : h));
        CHECK(assay_f32_to_f16(assay_f32_from_bits(assay_f32_bits(middle) + 1)) == h + 1);
        CHECK(assay_f32_to_f16(assay_f32_from_bits(assay_f32_bits(middle) - 1)) == h);
    }
    CHECK(assay_f32_to_f16(65519.99f) == 0x7BFF && assay_f32_to_f16(65520.0f) == 0x7C00);
}

TEST(files_fail_in_one_sentence) {
    assay_error err;
    uint8_t *bytes = NULL;
    size_t n = 0;
    CHECK_STATUS(assay_os_make_folder("build/tests/a/b", &err), ASSAY_OK, err);
    CHECK_STATUS(assay_os_write_file("build/tests/a/b/f", "12345", 5, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_os_append_file("build/tests/a/b/f", "67", 2, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_os_read_file("build/tests/a/b/f", 100, &bytes, &n, &err), ASSAY_OK, err);
    CHECK(n == 7 && bytes && memcmp(bytes, "1234567", 8) == 0);
    free(bytes);
    bytes = NULL;
    uint8_t part[3];
    CHECK_STATUS(assay_os_read_range("build/tests/a/b/f", 4, part, 3, &err), ASSAY_OK, err);
    CHECK(memcmp(part, "567", 3) == 0);
    CHECK_STATUS(assay_os_read_range("build/tests/a/b/f", 5, part, 3, &err), ASSAY_E_IO, err);
    CHECK_STATUS(assay_os_read_file("build/tests/a/b/f", 6, &bytes, &n, &err), ASSAY_E_LIMIT, err);
    CHECK_STATUS(assay_os_read_file("build/tests/a/b", 6, &bytes, &n, &err), ASSAY_E_IO, err);
    CHECK_STATUS(assay_os_read_file("build/tests/no/such", 6, &bytes, &n, &err), ASSAY_E_IO, err);
    CHECK_STATUS(assay_os_write_file("build/tests/no/such", "", 0, &err), ASSAY_E_IO, err);
    CHECK(bytes == NULL && !assay_os_exists("build/tests/no/such"));
    CHECK(assay_os_cpu_count() >= 1 && assay_os_peak_memory() > 0);
    double t = assay_os_seconds();
    CHECK(assay_os_seconds() >= t);
}
