/* assay model info: what lies in model files. A language model is loaded as a run would load it; of a vision tower
 * or an encoder alone the metadata is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "base/sha256.h"
#include "cli/cli.h"
#include "cli/model_commands.h"
#include "cli/model_files.h"
#include "format/json.h"

enum { MAX_WORDS = 2, VALUE_SIZE = 256, MAX_TYPE = 64, N_SHAPE = 6 };

/* ---- what is in the files ---- */

/* The keys that say how large a model is, under the prefix of its architecture. */
static const struct {
    const char *key, *label;
} shape_keys[N_SHAPE] = {{"block_count", "layers"},      {"embedding_length", "width"},
                         {"feed_forward_length", "MLP"}, {"attention.head_count", "heads"},
                         {"context_length", "context"},  {"image_size", "image"}};

typedef struct inventory {
    char architecture[64], name[VALUE_SIZE];
    size_t n_files, n_tensors, of_type[MAX_TYPE]; /* tensors */
    uint64_t n_parameters, n_bytes;
    assay_digest sha256;
    int64_t shape[N_SHAPE]; /* by shape_keys; negative: the file does not say */
} inventory;

static const char *type_name(uint32_t type) {
    const char *name = assay_gguf_type_name(type);
    return name != NULL ? name : "?";
}

static void read_shape(const assay_gguf *gguf, inventory *out) {
    bool clip = strcmp(out->architecture, "clip") == 0;
    for (size_t i = 0; i < N_SHAPE; i++) {
        char key[128];
        int64_t value = -1;
        snprintf(key, sizeof key, "%s%s.%s", out->architecture, clip ? ".vision" : "",
                 shape_keys[i].key);
        if (assay_gguf_int_or(gguf, key, 0, INT64_MAX, -1, &value, NULL) != ASSAY_OK) value = -1;
        out->shape[i] = value;
    }
}

static void take_inventory(const assay_parts *parts, inventory *out) {
    const assay_gguf *head = assay_parts_head(parts);
    const assay_gguf_tensor *t = NULL;
    *out = (inventory){.n_files = parts->n, .n_bytes = assay_parts_bytes(parts)};
    snprintf(out->architecture, sizeof out->architecture, "%s",
             assay_gguf_string_or(head, "general.architecture", ""));
    snprintf(out->name, sizeof out->name, "%s", assay_gguf_string_or(head, "general.name", ""));
    for (size_t i = 0; (t = assay_parts_at(parts, i, NULL)) != NULL; i++) {
        if (t->type < MAX_TYPE) out->of_type[t->type]++;
        out->n_parameters += t->dims[0] * t->dims[1] * t->dims[2] * t->dims[3];
        out->n_tensors++;
    }
    out->sha256 = assay_parts_sha256(parts);
    read_shape(head, out);
}

/* ---- as text ---- */

static void print_metadata(const assay_parts *parts) {
    const char *key = NULL;
    char value[VALUE_SIZE];
    for (size_t k = 0; k < parts->n; k++) {
        if (parts->n > 1) printf("# %s\n", assay_gguf_what(parts->items[k].gguf));
        for (size_t i = 0; assay_gguf_describe(parts->items[k].gguf, i, &key, value, sizeof value);
             i++)
            printf("%s = %s\n", key, value);
    }
}

static void print_tensors(const assay_parts *parts) {
    const assay_gguf_tensor *t = NULL;
    for (size_t i = 0; (t = assay_parts_at(parts, i, NULL)) != NULL; i++) {
        printf("%-36s %-4s [", t->name, type_name(t->type));
        for (int d = t->n_dims - 1; d >= 0; d--)
            printf("%llu%s", (unsigned long long)t->dims[d], d > 0 ? ", " : "");
        printf("]  %llu bytes\n", (unsigned long long)t->bytes);
    }
}

/* "273 (61 F32, 212 Q8_0)", and how many files where there are several */
static void print_types(const char *label, const inventory *files) {
    const char *before = " (";
    printf("%-15s %zu", label, files->n_tensors);
    for (uint32_t type = 0; type < MAX_TYPE; type++) {
        if (files->of_type[type] == 0) continue;
        printf("%s%zu %s", before, files->of_type[type], type_name(type));
        before = ", ";
    }
    printf("%s", files->n_tensors > 0 ? ")" : "");
    if (files->n_files > 1) printf(" in %zu files", files->n_files);
    printf("\n");
}

static void print_model(const assay_model_info *i, const inventory *files) {
    printf("name            %s\n", i->name);
    printf("parameters      %llu (%llu bytes)\n", (unsigned long long)i->n_parameters,
           (unsigned long long)i->n_bytes);
    printf("language model  %d layers, width %d (MLP %d), %d heads of %d on %d key/value heads, "
           "context %d, vocabulary %d\n",
           i->n_layers, i->dim, i->ffn_dim, i->n_heads, i->head_dim, i->n_kv_heads, i->n_context,
           i->n_vocab);
    if (i->image_size > 0) {
        printf("vision tower    %d layers, width %d, images of %d x %d pixels, %d tokens each\n",
               i->vision_layers, i->vision_dim, i->image_size, i->image_size, i->image_tokens);
    }
    print_types("tensors", &files[0]);
    if (i->image_size > 0) print_types("tensors, vision", &files[1]);
    printf("sha256          %s\n", i->text_sha256);
    if (i->vision_sha256[0] != '\0') printf("sha256, vision  %s\n", i->vision_sha256);
}

static void print_inventory(const inventory *files) {
    printf("name            %s\n", files->name);
    printf("architecture    %s\n", files->architecture);
    printf("parameters      %llu (%llu bytes)\n", (unsigned long long)files->n_parameters,
           (unsigned long long)files->n_bytes);
    for (size_t i = 0; i < N_SHAPE; i++) {
        if (files->shape[i] >= 0)
            printf("%-15s %lld\n", shape_keys[i].label, (long long)files->shape[i]);
    }
    print_types("tensors", files);
    printf("sha256          %s\n", files->sha256.hex);
}

/* ---- as JSON ---- */

static void put_types(assay_buffer *out, const char *key, const inventory *files) {
    const char *before = "";
    assay_buffer_print(out, ",\"%s\":{", key);
    for (uint32_t type = 0; type < MAX_TYPE; type++) {
        if (files->of_type[type] == 0) continue;
        assay_buffer_print(out, "%s\"%s\":%zu", before, type_name(type), files->of_type[type]);
        before = ",";
    }
    assay_buffer_print(out, "}");
}

static void put_model(assay_buffer *out, const assay_model_info *i, const inventory *files) {
    assay_buffer_print(out, "{\"name\":");
    assay_json_string(out, i->name);
    assay_buffer_print(out, ",\"architecture\":\"llama\",\"parameters\":%llu,\"bytes\":%llu",
                       (unsigned long long)i->n_parameters, (unsigned long long)i->n_bytes);
    assay_buffer_print(out, ",\"text_sha256\":\"%s\",\"vision_sha256\":\"%s\"", i->text_sha256,
                       i->vision_sha256);
    assay_buffer_print(
        out, ",\"n_vocab\":%d,\"n_layers\":%d,\"n_heads\":%d,\"n_kv_heads\":%d,\"head_dim\":%d",
        i->n_vocab, i->n_layers, i->n_heads, i->n_kv_heads, i->head_dim);
    assay_buffer_print(
        out, ",\"dim\":%d,\"ffn_dim\":%d,\"n_context\":%d,\"image_size\":%d,\"image_tokens\":%d",
        i->dim, i->ffn_dim, i->n_context, i->image_size, i->image_tokens);
    assay_buffer_print(out, ",\"vision_layers\":%d,\"vision_dim\":%d,\"text_files\":%zu",
                       i->vision_layers, i->vision_dim, files[0].n_files);
    put_types(out, "tensors", &files[0]);
    put_types(out, "vision_tensors", &files[1]);
    assay_buffer_print(out, "}");
}

static void put_inventory(assay_buffer *out, const inventory *files) {
    assay_buffer_print(out, "{\"name\":");
    assay_json_string(out, files->name);
    assay_buffer_print(out, ",\"architecture\":");
    assay_json_string(out, files->architecture);
    assay_buffer_print(out, ",\"parameters\":%llu,\"bytes\":%llu,\"files\":%zu,\"sha256\":\"%s\"",
                       (unsigned long long)files->n_parameters, (unsigned long long)files->n_bytes,
                       files->n_files, files->sha256.hex);
    for (size_t i = 0; i < N_SHAPE; i++) {
        if (files->shape[i] >= 0)
            assay_buffer_print(out, ",\"%s\":%lld", shape_keys[i].key, (long long)files->shape[i]);
    }
    put_types(out, "tensors", files);
    assay_buffer_print(out, "}");
}

/* ---- the command ---- */

typedef struct show_options {
    bool json, metadata, tensors;
} show_options;

/* A look into the files; a model is loaded from them again, since loading repacks their bytes. */
static assay_status look_at(const char *path, const show_options *o, inventory *out,
                            assay_error *err) {
    assay_parts parts = {0};
    assay_status status = assay_model_files_open(path, &parts, err);
    if (status != ASSAY_OK) return status;
    take_inventory(&parts, out);
    if (o->metadata && !o->json) print_metadata(&parts);
    if (o->tensors && !o->json) print_tensors(&parts);
    assay_parts_close(&parts);
    return ASSAY_OK;
}

static assay_status load(const char *text, const char *vision, assay_model **out,
                         assay_error *err) {
    assay_model_files files = {0};
    assay_status status = assay_model_files_read(text, &files, err);
    if (status == ASSAY_OK && vision != NULL)
        status = assay_model_files_read_vision(text, vision, &files, err);
    if (status == ASSAY_OK) return assay_model_files_create(&files, out, err);
    assay_model_files_free(&files);
    return status;
}

static assay_status show(const char *text, const char *vision, const show_options *o,
                         assay_error *err) {
    inventory files[MAX_WORDS];
    memset(files, 0, sizeof files);
    assay_model *model = NULL;
    assay_buffer json = {0};
    assay_status status = look_at(text, o, &files[0], err);
    if (status == ASSAY_OK && vision != NULL) status = look_at(vision, o, &files[1], err);
    if (status != ASSAY_OK) return status;
    bool alone = vision == NULL && (strcmp(files[0].architecture, "clip") == 0 ||
                                    strcmp(files[0].architecture, "bert") == 0);
    if (!alone) status = load(text, vision, &model, err);
    if (status != ASSAY_OK) return status;
    if (alone && o->json) put_inventory(&json, &files[0]);
    if (alone && !o->json) print_inventory(&files[0]);
    if (!alone && o->json) put_model(&json, assay_model_get_info(model), files);
    if (!alone && !o->json) print_model(assay_model_get_info(model), files);
    assay_model_destroy(model);
    if (json.failed) status = assay_fail(err, ASSAY_E_MEMORY, "model info: out of memory");
    if (status == ASSAY_OK && o->json) puts(json.data);
    assay_buffer_free(&json);
    return status;
}

int assay_model_show(int argc, char **argv) {
    show_options o = {0};
    const char *words[MAX_WORDS] = {0};
    const assay_arg args[] = {
        {.name = "--metadata", .help = "list the metadata of the files", .flag = &o.metadata},
        {.name = "--tensors", .help = "list the tensors of the files", .flag = &o.tensors},
        {.name = "--json", .help = "print one JSON object instead", .flag = &o.json},
    };
    const assay_usage usage = {.command = "model info",
                               .synopsis = "assay model info FILE.gguf [VISION.gguf] [options]",
                               .about = "Loads a model as a run would, and prints what it is; of a "
                                        "vision tower (mmproj) or an\nencoder alone, what its file "
                                        "says. Any part of a split file stands for all of them.\n",
                               .args = args,
                               .n_args = sizeof args / sizeof *args,
                               .words = words,
                               .min_words = 1,
                               .max_words = MAX_WORDS,
                               .first = 3};
    int code = 0;
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    assay_error err = {0};
    if (show(words[0], words[1], &o, &err) != ASSAY_OK) return assay_cli_fail(&err);
    return ASSAY_EXIT_DONE;
}
