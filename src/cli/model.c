/* assay model info | tokenize | random: look into a model file, tokenize with its vocabulary, write
 * a random one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "base/os.h"
#include "cli/cli.h"
#include "format/gguf.h"
#include "format/json.h"
#include "format/tokenizer.h"

#define MAX_FILE   ((size_t)3 << 30)
#define MAX_TEXT   ((size_t)64 << 20)
#define MAX_WORDS  2
#define VALUE_SIZE 256

/* ---- info ---- */

static void print_metadata(const assay_gguf *gguf) {
    const char *key = NULL;
    char value[VALUE_SIZE];
    for (size_t i = 0; assay_gguf_describe(gguf, i, &key, value, sizeof value); i++)
        printf("%s = %s\n", key, value);
}

static void print_tensors(const assay_gguf *gguf) {
    for (size_t i = 0; i < assay_gguf_n_tensors(gguf); i++) {
        const assay_gguf_tensor *t = assay_gguf_tensor_at(gguf, i);
        const char *type = t->type <= INT32_MAX ? assay_type_name((assay_type)t->type) : NULL;
        printf("%-36s %-4s [", t->name, type != NULL ? type : "?");
        for (int d = t->n_dims - 1; d >= 0; d--)
            printf("%llu%s", (unsigned long long)t->dims[d], d > 0 ? ", " : "");
        printf("]  %llu bytes\n", (unsigned long long)t->bytes);
    }
}

static void print_summary(const assay_model_info *i) {
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
    printf("sha256          %s\n", i->text_sha256);
    if (i->vision_sha256[0] != '\0') printf("sha256, vision  %s\n", i->vision_sha256);
}

static void print_json(const assay_model_info *i) {
    assay_buffer out = {0};
    assay_buffer_print(&out, "{\"name\":");
    assay_json_string(&out, i->name);
    assay_buffer_print(&out, ",\"parameters\":%llu,\"bytes\":%llu",
                       (unsigned long long)i->n_parameters, (unsigned long long)i->n_bytes);
    assay_buffer_print(&out, ",\"text_sha256\":\"%s\",\"vision_sha256\":\"%s\"", i->text_sha256,
                       i->vision_sha256);
    assay_buffer_print(
        &out, ",\"n_vocab\":%d,\"n_layers\":%d,\"n_heads\":%d,\"n_kv_heads\":%d,\"head_dim\":%d",
        i->n_vocab, i->n_layers, i->n_heads, i->n_kv_heads, i->head_dim);
    assay_buffer_print(
        &out, ",\"dim\":%d,\"ffn_dim\":%d,\"n_context\":%d,\"image_size\":%d,\"image_tokens\":%d",
        i->dim, i->ffn_dim, i->n_context, i->image_size, i->image_tokens);
    assay_buffer_print(&out, ",\"vision_layers\":%d,\"vision_dim\":%d}", i->vision_layers,
                       i->vision_dim);
    if (!out.failed) puts(out.data);
    assay_buffer_free(&out);
}

static int model_info(int argc, char **argv) {
    bool json = false, metadata = false, tensors = false;
    const char *words[MAX_WORDS] = {0};
    const assay_arg args[] = {
        {.name = "--metadata", .help = "list the metadata of the files", .flag = &metadata},
        {.name = "--tensors", .help = "list the tensors of the files", .flag = &tensors},
        {.name = "--json", .help = "print one JSON object instead", .flag = &json},
    };
    const assay_usage usage = {.command = "model info",
                               .synopsis = "assay model info TEXT.gguf [VISION.gguf] [options]",
                               .about = "Loads a model as a run would, and prints what it is.\n",
                               .args = args,
                               .n_args = sizeof args / sizeof *args,
                               .words = words,
                               .min_words = 1,
                               .max_words = MAX_WORDS,
                               .first = 3};
    int code = 0;
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    assay_error err = {0};
    assay_model_file files[MAX_WORDS] = {{0}};
    assay_model *model = NULL;
    assay_status status = ASSAY_OK;
    for (int i = 0; i < MAX_WORDS && words[i] != NULL && status == ASSAY_OK; i++) {
        assay_gguf *gguf = NULL;
        files[i].what = words[i];
        status = assay_os_read_file(words[i], MAX_FILE, &files[i].bytes, &files[i].n, &err);
        if (status != ASSAY_OK || json || !(metadata || tensors)) continue;
        status = assay_gguf_open(files[i].bytes, files[i].n, files[i].what, &gguf, &err);
        if (status == ASSAY_OK && metadata) print_metadata(gguf);
        if (status == ASSAY_OK && tensors) print_tensors(gguf);
        assay_gguf_close(gguf);
    }
    if (status == ASSAY_OK) {
        status = assay_model_create(files[0], files[1], &model, &err);
    } else {
        free(files[0].bytes);
        free(files[1].bytes);
    }
    if (status != ASSAY_OK) return assay_cli_fail(&err);
    if (json) {
        print_json(assay_model_get_info(model));
    } else {
        print_summary(assay_model_get_info(model));
    }
    assay_model_destroy(model);
    return ASSAY_EXIT_DONE;
}

/* ---- tokenize ---- */

static assay_status read_stdin(assay_buffer *out, assay_error *err) {
    char block[4096];
    size_t n = 0;
    while ((n = fread(block, 1, sizeof block, stdin)) > 0) {
        assay_buffer_append(out, block, n);
        if (out->failed) return assay_fail(err, ASSAY_E_MEMORY, "standard input: out of memory");
        if (out->len > MAX_TEXT)
            return assay_fail(err, ASSAY_E_LIMIT, "standard input: more than %zu bytes", MAX_TEXT);
    }
    return ferror(stdin) ? assay_fail(err, ASSAY_E_IO, "standard input: cannot be read") : ASSAY_OK;
}

/* BOS and EOS where the file asks for them. */
static assay_status push_marker(const assay_gguf *gguf, const char *switch_key, const char *id_key,
                                assay_ids *ids, assay_error *err) {
    bool wanted = false;
    int64_t id = 0;
    assay_status status = assay_gguf_bool_or(gguf, switch_key, false, &wanted, err);
    if (status != ASSAY_OK || !wanted) return status;
    status = assay_gguf_int(gguf, id_key, 0, INT32_MAX, &id, err);
    return status == ASSAY_OK ? assay_ids_push(ids, (int32_t)id, err) : status;
}

static assay_status tokenize_text(const assay_gguf *gguf, const char *text, size_t n, bool special,
                                  assay_ids *ids, assay_error *err) {
    assay_tokenizer *tok = NULL;
    assay_status status = assay_tokenizer_create(gguf, &tok, err);
    if (status == ASSAY_OK && special) {
        status = push_marker(gguf, "tokenizer.ggml.add_bos_token", "tokenizer.ggml.bos_token_id",
                             ids, err);
    }
    if (status == ASSAY_OK) status = assay_tokenize(tok, text, n, special, ids, err);
    if (status == ASSAY_OK && special) {
        status = push_marker(gguf, "tokenizer.ggml.add_eos_token", "tokenizer.ggml.eos_token_id",
                             ids, err);
    }
    assay_tokenizer_destroy(tok);
    return status;
}

static int model_tokenize(int argc, char **argv) {
    bool plain = false;
    const char *text = NULL, *words[MAX_WORDS] = {0};
    const assay_arg args[] = {
        {.name = "--text",
         .value = "TEXT",
         .help = "what to tokenize [standard input]",
         .text = &text},
        {.name = "--no-special",
         .help = "no BOS or EOS, special tokens in the text are plain text",
         .flag = &plain},
    };
    const assay_usage usage = {.command = "model tokenize",
                               .synopsis = "assay model tokenize FILE.gguf [options]",
                               .about = "Prints the token ids of a text, on one line.\n",
                               .args = args,
                               .n_args = sizeof args / sizeof *args,
                               .words = words,
                               .min_words = 1,
                               .max_words = 1,
                               .first = 3};
    int code = 0;
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    assay_error err = {0};
    assay_buffer input = {0};
    assay_ids ids = {0};
    assay_gguf *gguf = NULL;
    uint8_t *bytes = NULL;
    size_t n = 0;
    assay_status status = assay_os_read_file(words[0], MAX_FILE, &bytes, &n, &err);
    if (status == ASSAY_OK) status = assay_gguf_open(bytes, n, words[0], &gguf, &err);
    if (status == ASSAY_OK && text == NULL) {
        status = read_stdin(&input, &err);
        text = input.data != NULL ? input.data : "";
    }
    if (status == ASSAY_OK) {
        size_t length = input.data != NULL ? input.len : strlen(text);
        status = tokenize_text(gguf, text, length, !plain, &ids, &err);
    }
    for (size_t i = 0; status == ASSAY_OK && i < ids.n; i++)
        printf("%s%d", i > 0 ? " " : "", (int)ids.ids[i]);
    if (status == ASSAY_OK) printf("\n");
    assay_ids_free(&ids);
    assay_buffer_free(&input);
    assay_gguf_close(gguf);
    free(bytes);
    return status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}

/* ---- random ---- */

/* "dir/name.gguf" -> "dir/mmproj-name.gguf" */
static void vision_path(const char *path, assay_buffer *out) {
    const char *slash = strrchr(path, '/');
    size_t folder = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    assay_buffer_append(out, path, folder);
    assay_buffer_print(out, "mmproj-%s", path + folder);
}

static int model_random(int argc, char **argv) {
    const char *preset = "smolvlm-256m", *type = "Q8_0", *words[MAX_WORDS] = {0};
    int64_t seed = 1;
    const assay_arg args[] = {
        {.name = "--preset",
         .value = "NAME",
         .help = "smolvlm-256m, smolvlm-500m or tiny [smolvlm-256m]",
         .text = &preset},
        {.name = "--type",
         .value = "TYPE",
         .help = "of the matrices: F32, F16 or Q8_0 [Q8_0]",
         .text = &type},
        {.name = "--seed",
         .value = "N",
         .help = "of the weights [1]",
         .integer = &seed,
         .low = 0,
         .high = INT64_MAX},
    };
    const assay_usage usage = {.command = "model random",
                               .synopsis = "assay model random FILE.gguf [options]",
                               .about = "Writes a model of a known shape with random weights, for "
                                        "tests and timing: FILE.gguf and,\n"
                                        "beside it, mmproj-FILE.gguf with the vision side. The "
                                        "same seed gives the same bytes.\n",
                               .args = args,
                               .n_args = sizeof args / sizeof *args,
                               .words = words,
                               .min_words = 1,
                               .max_words = 1,
                               .first = 3};
    int code = 0;
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    assay_error err = {0};
    assay_buffer path = {0};
    uint8_t *text = NULL, *vision = NULL;
    size_t n_text = 0, n_vision = 0;
    vision_path(words[0], &path);
    assay_status status =
        path.failed ? assay_fail(&err, ASSAY_E_MEMORY, "out of memory") : ASSAY_OK;
    if (status == ASSAY_OK) {
        status = assay_model_random(preset, type, (uint64_t)seed, &text, &n_text, &vision,
                                    &n_vision, &err);
    }
    if (status == ASSAY_OK) status = assay_os_write_file(words[0], text, n_text, &err);
    if (status == ASSAY_OK) status = assay_os_write_file(path.data, vision, n_vision, &err);
    if (status == ASSAY_OK)
        printf("%s  %zu bytes\n%s  %zu bytes\n", words[0], n_text, path.data, n_vision);
    free(text);
    free(vision);
    assay_buffer_free(&path);
    return status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}

int assay_command_model(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {{"info", model_info}, {"tokenize", model_tokenize}, {"random", model_random}};
    const char *name = argc > 2 ? argv[2] : "";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(name, commands[i].name) == 0) return commands[i].run(argc, argv);
    }
    bool help = strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
    fprintf(help ? stdout : stderr,
            "usage: assay model info | tokenize | random  (--help after each tells more)\n");
    return help ? ASSAY_EXIT_DONE : ASSAY_EXIT_USAGE;
}
