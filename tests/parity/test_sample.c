/* One sample of SmolVLM-256M's shape in Q8_0, a tile and four options: its bits are the golden file's in every build
 * that this program is of, and making the model and scoring it stay below the promised memory.
 *
 * Peak memory is of the process, so this program does nothing else. In WebAssembly it is the heap, with
 * what was reserved and never touched; tests/bench/memory.mjs measures the page in a browser. */
#include "parity.h"

static const char golden[] = "tests/golden/parity/smolvlm-256m-q8_0.json";

/* 1.25 x both files + 150 MB */
static double memory_limit(const assay_model_info *info) {
    return 1.25 * (double)info->n_bytes + 150e6;
}

TEST(smolvlm_256m_q8_0_sample) {
    cJSON *json = parity_read(golden);
    assay_model *model = parity_load("smolvlm-256m", "Q8_0");
    assay_pool *pool = NULL;
    assay_error err;
    CHECK_STATUS(assay_pool_create(2, &pool, &err), ASSAY_OK, err);
    REQUIRE(json != NULL && model != NULL);
    const cJSON *one = cJSON_GetArrayItem(parity_get(json, "cases"), 0);
    CHECK(cJSON_GetArraySize(parity_get(one, "options")) == 4);
    assay_digest found = parity_hash(model, one, NULL, pool);
    const char *want = cJSON_GetStringValue(parity_get(json, "bits"));
    CHECK(want != NULL && strcmp(found.hex, want) == 0, "bits %s", found.hex);

    double peak = (double)assay_os_peak_memory(), limit = memory_limit(assay_model_get_info(model));
    printf("# peak memory %.0f MB of %.0f\n", peak / 1e6, limit / 1e6);
    CHECK(peak > 0 && peak < limit, "peak memory of %.0f bytes, limit %.0f", peak, limit);
    assay_pool_destroy(pool);
    assay_model_destroy(model);
    cJSON_Delete(json);
}
