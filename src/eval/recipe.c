/* Recipe: strict JSON -> the parts that the other modules use, and the canonical text that is
 * hashed. */
#include "eval/recipe.h"

#include <stdlib.h>
#include <string.h>

#include "format/json.h"

#define MAX_RECIPE   (64u << 10) /* bytes */
#define MAX_TEMPLATE (8u << 10)  /* bytes */
#define MAX_NAME     64          /* bytes */
#define MAX_LIMIT    1000000

static const struct {
    const char *name, *json;
} builtin[] = {
    {"ch3ef", "{\"name\":\"ch3ef\"}"},
    {"ch3ef-answers", "{\"free_text\":48,\"name\":\"ch3ef-answers\"}"},
    {"ch3ef-tiles", "{\"name\":\"ch3ef-tiles\",\"tile_edge\":4}"},
    {"grey", "{\"image\":\"grey\",\"name\":\"grey\"}"},
};

const char *assay_recipe_builtin(const char *name) {
    for (size_t i = 0; i < sizeof builtin / sizeof builtin[0]; i++) {
        if (strcmp(builtin[i].name, name) == 0) return builtin[i].json;
    }
    return NULL;
}

typedef struct fields { /* as written, or the defaults */
    const char *name, *query, *answer, *inferencer, *image;
    int64_t limit, tile_edge, free_text;
} fields;

static assay_status read_fields(const cJSON *json, fields *f, assay_error *err) {
    static const char *const keys[] = {"name",  "query", "answer",    "inferencer",
                                       "image", "limit", "tile_edge", "free_text"};
    const struct {
        const char *key;
        const char **out;
    } texts[] = {
        {"name", &f->name},     {"query", &f->query},
        {"answer", &f->answer}, {"inferencer", &f->inferencer},
        {"image", &f->image},
    };
    assay_status status = assay_json_only(json, keys, sizeof keys / sizeof keys[0], "recipe", err);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && status == ASSAY_OK; i++) {
        if (assay_json_has(json, texts[i].key))
            status = assay_json_get_string(json, texts[i].key, "recipe", texts[i].out, err);
    }
    if (status == ASSAY_OK && assay_json_has(json, "limit")) {
        status = assay_json_get_integer(json, "limit", 0, MAX_LIMIT, "recipe", &f->limit, err);
    }
    if (status == ASSAY_OK && assay_json_has(json, "tile_edge")) {
        status = assay_json_get_integer(json, "tile_edge", 1, ASSAY_MAX_TILE_EDGE, "recipe",
                                        &f->tile_edge, err);
    }
    if (status == ASSAY_OK && assay_json_has(json, "free_text")) {
        status = assay_json_get_integer(json, "free_text", 0, ASSAY_MAX_FREE_TEXT, "recipe",
                                        &f->free_text, err);
    }
    return status;
}

/* The one place of `slot` in a template; NULL with its sentence when there is not exactly one. */
static const char *find_slot(const char *text, const char *slot, const char *key,
                             assay_error *err) {
    const char *at = strstr(text, slot);
    if (at == NULL || strstr(at + 1, slot) != NULL) {
        assay_fail(err, ASSAY_E_FORMAT, "recipe: \"%s\" must hold %s exactly once", key, slot);
        return NULL;
    }
    return at;
}

static assay_status check_fields(const fields *f, const char **question, const char **option,
                                 assay_error *err) {
    if (f->name[0] == '\0' || strlen(f->name) > MAX_NAME)
        return assay_fail(err, ASSAY_E_FORMAT, "recipe: \"name\" has 1 to %d bytes", MAX_NAME);
    if (strcmp(f->inferencer, "ppl") != 0)
        return assay_fail(err, ASSAY_E_UNSUPPORTED, "recipe: \"inferencer\" is not \"ppl\"");
    if (strcmp(f->image, "normal") != 0 && strcmp(f->image, "grey") != 0) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "recipe: \"image\" is neither \"normal\" nor \"grey\"");
    }
    if (strlen(f->query) > MAX_TEMPLATE || strlen(f->answer) > MAX_TEMPLATE) {
        return assay_fail(err, ASSAY_E_LIMIT, "recipe: a template has more than %u bytes",
                          MAX_TEMPLATE);
    }
    *question = find_slot(f->query, "{question}", "query", err);
    *option = find_slot(f->answer, "{option}", "answer", err);
    if (*question == NULL || *option == NULL) return ASSAY_E_FORMAT;
    if ((*option)[strlen("{option}")] != '\0' || (*option != f->answer && (*option)[-1] != ' ')) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "recipe: \"answer\" must end in {option}, with a space before it if "
                          "anything stands there");
    }
    return ASSAY_OK;
}

/* Keys in sorted order. tile_edge and free_text are younger than the first records: with their defaults they are left
 * out, so that these keep their hallmark. */
static char *print_canonical(const fields *f) {
    assay_buffer out = {0};
    assay_buffer_print(&out, "{\"answer\":");
    assay_json_string(&out, f->answer);
    if (f->free_text != 0) assay_buffer_print(&out, ",\"free_text\":%d", (int)f->free_text);
    assay_buffer_print(&out, ",\"image\":");
    assay_json_string(&out, f->image);
    assay_buffer_print(&out, ",\"inferencer\":");
    assay_json_string(&out, f->inferencer);
    assay_buffer_print(&out, ",\"limit\":%lld,\"name\":", (long long)f->limit);
    assay_json_string(&out, f->name);
    assay_buffer_print(&out, ",\"query\":");
    assay_json_string(&out, f->query);
    if (f->tile_edge != 1) assay_buffer_print(&out, ",\"tile_edge\":%d", (int)f->tile_edge);
    assay_buffer_append(&out, "}", 1);
    if (out.failed) assay_buffer_free(&out);
    return out.data;
}

assay_status assay_recipe_parse(const char *json, int64_t limit, assay_recipe *out,
                                assay_error *err) {
    fields f = {"ch3ef", "{question}", "{option}", "ppl", "normal", 0, 1, 0};
    const char *question = NULL, *option = NULL;
    cJSON *root = NULL;
    *out = (assay_recipe){0};
    if (json == NULL) json = "{}";
    if (limit > MAX_LIMIT)
        return assay_fail(err, ASSAY_E_ARGUMENT, "recipe: a limit of more than %d samples",
                          MAX_LIMIT);
    if (strlen(json) > MAX_RECIPE)
        return assay_fail(err, ASSAY_E_LIMIT, "recipe: more than %u bytes", MAX_RECIPE);
    assay_status status = assay_json_parse(json, strlen(json), "recipe", &root, err);
    if (status == ASSAY_OK) status = read_fields(root, &f, err);
    if (status == ASSAY_OK) status = check_fields(&f, &question, &option, err);
    if (status == ASSAY_OK) {
        if (limit >= 0) f.limit = limit;
        out->grey = strcmp(f.image, "grey") == 0;
        out->limit = (size_t)f.limit;
        out->tile_edge = (int)f.tile_edge;
        out->free_text = (int)f.free_text;
        out->canonical = print_canonical(&f);
        out->query_before = assay_strndup(f.query, (size_t)(question - f.query));
        out->query_after =
            assay_strndup(question + strlen("{question}"), strlen(question + strlen("{question}")));
        out->answer_prefix =
            assay_strndup(f.answer, option > f.answer ? (size_t)(option - f.answer) - 1 : 0);
        if (out->canonical == NULL || out->query_before == NULL || out->query_after == NULL ||
            out->answer_prefix == NULL) {
            status = assay_fail(err, ASSAY_E_MEMORY, "recipe: out of memory");
            assay_recipe_free(out);
        }
    }
    cJSON_Delete(root);
    return status;
}

void assay_recipe_free(assay_recipe *recipe) {
    free(recipe->canonical);
    free(recipe->query_before);
    free(recipe->query_after);
    free(recipe->answer_prefix);
    *recipe = (assay_recipe){0};
}

assay_status assay_recipe_canonical(const char *json, int64_t limit, char **out, assay_error *err) {
    assay_recipe recipe;
    assay_status status = assay_recipe_parse(json, limit, &recipe, err);
    *out = recipe.canonical;
    recipe.canonical = NULL;
    assay_recipe_free(&recipe);
    return status;
}
