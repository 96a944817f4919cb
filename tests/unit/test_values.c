/* Value systems: those that are shipped, what is read, what is refused. */
#include "assay_clave.h"

#include "failing_alloc.h"
#include "test.h"
#include "unit/fixture.h"
#include "unit/labels_fixture.h"

TEST(values_that_are_shipped) {
    static const struct {
        const char *path, *first, *last;
        size_t n, n_concepts;
    } systems[] = {{"data/values/schwartz-10.json", "self-direction", "universalism", 10, 54},
                   {"data/values/moral-foundations-5.json", "care", "sanctity", 5, 27},
                   {"data/values/social-risks-14.json", "animal-abuse", "violence", 14, 56}};
    for (size_t s = 0; s < sizeof systems / sizeof *systems; s++) {
        size_t n, n_concepts = 0;
        char *json = fixture_read(systems[s].path, &n);
        assay_values *v = NULL, *again = NULL;
        assay_error err;
        REQUIRE(json != NULL, "%s", systems[s].path);
        CHECK_STATUS(assay_values_parse(json, n, systems[s].path, &v, &err), ASSAY_OK, err);
        REQUIRE(v != NULL);
        CHECK(assay_values_count(v) == systems[s].n && assay_values_at(v, systems[s].n) == NULL);
        CHECK(strstr(systems[s].path, assay_values_id(v)) != NULL);
        CHECK(strlen(assay_values_source(v)) > 20 && assay_values_name(v)[0] != '\0');
        CHECK(strcmp(assay_values_at(v, 0)->id, systems[s].first) == 0);
        CHECK(assay_values_find(v, systems[s].last) == (int)systems[s].n - 1);
        CHECK(assay_values_find(v, "security-") == -1);
        for (size_t i = 0; i < assay_values_count(v); i++) {
            const assay_value *value = assay_values_at(v, i);
            CHECK(strlen(value->definition) > 40 && value->n_concepts >= 2, "%s", value->id);
            n_concepts += value->n_concepts;
        }
        CHECK(n_concepts == systems[s].n_concepts, "%s: %zu", systems[s].path, n_concepts);
        const char *canonical = assay_values_json(v);
        CHECK_STATUS(assay_values_parse(canonical, strlen(canonical), "again", &again, &err),
                     ASSAY_OK, err);
        REQUIRE(again != NULL);
        CHECK(strlen(assay_values_sha256(v)) == 64 &&
              strcmp(assay_values_sha256(v), assay_values_sha256(again)) == 0);
        assay_values_free(again);
        assay_values_free(v);
        free(json);
    }
}

TEST(values_of_ones_own) {
    assay_values *v = labels_values();
    REQUIRE(v != NULL);
    CHECK(strcmp(assay_values_id(v), "three") == 0 && strcmp(assay_values_name(v), "Three") == 0);
    CHECK(strcmp(assay_values_source(v), "made up") == 0);
    const assay_value *security = assay_values_at(v, 0), *power = assay_values_at(v, 1);
    CHECK(strcmp(security->name, "Security") == 0 && strcmp(security->definition, "Safety.") == 0);
    CHECK(security->n_concepts == 1 && strcmp(security->concepts[0], "Being safe") == 0);
    CHECK(power->n_concepts == 0 && power->source[0] == '\0');
    assay_values_free(v);
}

static void parse_bad(const char *path, const char *bytes, size_t n, const char *status,
                      const char *part) {
    assay_values *v = NULL;
    assay_error err = {0};
    REQUIRE(bytes != NULL, "%s is missing", path);
    assay_status got = assay_values_parse(bytes, n, strrchr(path, '/') + 1, &v, &err);
    CHECK(strcmp(assay_status_name(got), status) == 0, "%s: %s (%s)", path, assay_status_name(got),
          err.text);
    CHECK(strstr(err.text, part) != NULL, "%s: \"%s\"", path, err.text);
    CHECK((got == ASSAY_OK) == (v != NULL), "%s", path);
    assay_values_free(v);
}

TEST(values_bad_files) {
    int n = fixture_bad_files("tests/bad/values", parse_bad);
    CHECK(n >= 25, "%d files", n);
}

TEST(values_survive_failing_allocations) {
    long n = 0;
    if (!failing_alloc_linked()) SKIP("needs a linker that wraps malloc");
    for (long k = 0; failing_alloc_arm(k); k++, n++) {
        assay_values *v = NULL;
        assay_error err = {0};
        assay_status status =
            assay_values_parse(labels_system, sizeof labels_system - 1, "three.json", &v, &err);
        bool failed = failing_alloc_disarm();
        assay_values_free(v);
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        if (!failed) break;
    }
    CHECK(n > 20, "%ld", n);
}
