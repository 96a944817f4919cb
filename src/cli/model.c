/* assay model: tokenize with a file's vocabulary, write a random model; the other commands are in files of their own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "base/os.h"
#include "cli/cli.h"
#include "cli/get.h"
#include "cli/model_commands.h"
#include "cli/model_files.h"
#include "format/gguf/gguf.h"
#include "format/json.h"
#include "format/tokenizer/tokenizer.h"

#define MAX_TEXT ((size_t)64 << 20)

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

/* `special`: with BOS and EOS as the file asks for them, and names of specials in the text parsed. */
static assay_status tokenize_text(const assay_gguf *gguf, const char *text, size_t n, bool special,
                                  assay_ids *ids, assay_error *err) {
    assay_tokenizer *tok = NULL;
    assay_status status = assay_tokenizer_create(gguf, &tok, err);
    if (status == ASSAY_OK)
        status = special ? assay_tokenize_framed(tok, text, n, true, ids, err)
                         : assay_tokenize(tok, text, n, false, ids, err);
    assay_tokenizer_destroy(tok);
    return status;
}

static int model_tokenize(int argc, char **argv) {
    bool plain = false;
    const char *text = NULL, *words[1] = {0};
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
    assay_parts parts = {0};
    assay_status status = assay_model_files_open(words[0], &parts, &err);
    if (status == ASSAY_OK && text == NULL) {
        status = read_stdin(&input, &err);
        text = input.data != NULL ? input.data : "";
    }
    if (status == ASSAY_OK) {
        size_t length = input.data != NULL ? input.len : strlen(text);
        status = tokenize_text(assay_parts_head(&parts), text, length, !plain, &ids, &err);
    }
    for (size_t i = 0; status == ASSAY_OK && i < ids.n; i++)
        printf("%s%d", i > 0 ? " " : "", (int)ids.ids[i]);
    if (status == ASSAY_OK) printf("\n");
    assay_ids_free(&ids);
    assay_buffer_free(&input);
    assay_parts_close(&parts);
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
    const char *preset = "smolvlm-256m", *type = "Q8_0", *words[1] = {0};
    int64_t seed = 1;
    const assay_arg args[] = {
        {.name = "--preset",
         .value = "NAME",
         .help = "smolvlm-256m, smolvlm-500m, smolvlm-slice (its widths, 2 layers) or tiny "
                 "[smolvlm-256m]",
         .text = &preset},
        {.name = "--type",
         .value = "TYPE",
         .help = "of the matrices: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K "
                 "[Q8_0]",
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
    } commands[] = {{"list", assay_model_list},        {"get", assay_model_get},
                    {"info", assay_model_show},        {"tokenize", model_tokenize},
                    {"quantize", assay_model_convert}, {"random", model_random}};
    const char *name = argc > 2 ? argv[2] : "";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(name, commands[i].name) == 0) return commands[i].run(argc, argv);
    }
    bool help = strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
    fprintf(
        help ? stdout : stderr,
        "usage: assay model list | get | info | tokenize | quantize | random  (--help after each "
        "tells more)\n");
    return help ? ASSAY_EXIT_DONE : ASSAY_EXIT_USAGE;
}
