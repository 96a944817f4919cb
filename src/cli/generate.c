/* assay generate: a prompt's answer, streamed; or a conversation, a line a turn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay_generate.h"
#include "base/os.h"
#include "cli/cli.h"
#include "cli/host.h"
#include "format/json.h"

#define MAX_IMAGES     16
#define MAX_IMAGE      ((size_t)256 << 20)
#define MAX_PROMPT     ((size_t)16 << 20)
#define DEFAULT_TOKENS 256

static const char about[] =
    "Answers a prompt (--prompt, or standard input) and prints the text as it comes. Greedy unless "
    "--temperature is above 0; the\n"
    "same options and seed give the same text on every machine. With --choice or --regex the "
    "answer "
    "has that form. With --chat every\n"
    "line of standard input is a turn of one conversation. The answer begins with a space, as the "
    "model writes it.\n";

typedef struct generate_options {
    assay_host_options host;
    const char *prompt, *regex;
    const char *images[MAX_IMAGES], *stops[ASSAY_MAX_STOPS], *choices[ASSAY_MAX_CHOICES];
    size_t n_images, n_stops, n_choices;
    bool raw, chat, json;
    int64_t tile_edge, top_k, window, seed, max_tokens;
    double temperature, top_p, min_p, penalty;
} generate_options;

typedef struct generating { /* all that belongs to one run of the command */
    generate_options options;
    assay_host host;
    uint8_t *files[MAX_IMAGES];
    assay_ask_image images[MAX_IMAGES];
    size_t n_images; /* of the next turn */
    uint64_t n_turns;
} generating;

/* ---- one answer ---- */

typedef struct answer {
    assay_buffer text, ids, logprobs; /* the last two as members of JSON arrays */
    size_t n_tokens, prompt_tokens;
    double prompt_seconds, seconds;
    assay_piece last;
} answer;

static void answer_free(answer *a) {
    assay_buffer_free(&a->text);
    assay_buffer_free(&a->ids);
    assay_buffer_free(&a->logprobs);
}

static void take(answer *a, const assay_piece *piece, bool json) {
    a->last = *piece;
    if (piece->id >= 0) {
        const char *comma = a->n_tokens++ > 0 ? "," : "";
        assay_buffer_print(&a->ids, "%s%d", comma, (int)piece->id);
        assay_buffer_print(&a->logprobs, "%s", comma);
        assay_json_number(&a->logprobs, (double)piece->logprob);
    }
    assay_buffer_append(&a->text, piece->text, piece->n_bytes);
    if (json) return;
    fwrite(piece->text, 1, piece->n_bytes, stdout);
    fflush(stdout);
}

static const char *data_of(const assay_buffer *buffer) {
    return buffer->data != NULL ? buffer->data : "";
}

static assay_status print_json(const answer *a, assay_error *err) {
    assay_buffer out = {0};
    assay_buffer_print(&out, "{\"text\":");
    assay_json_string(&out, data_of(&a->text));
    assay_buffer_print(&out, ",\"ids\":[%s],\"logprobs\":[%s],\"reason\":\"%s\"", data_of(&a->ids),
                       data_of(&a->logprobs), assay_generate_end_name(a->last.end));
    if (a->last.choice >= 0) assay_buffer_print(&out, ",\"choice\":%d", a->last.choice);
    if (a->last.stop >= 0) assay_buffer_print(&out, ",\"stop\":%d", a->last.stop);
    assay_buffer_print(&out, ",\"prompt_tokens\":%zu,\"prompt_seconds\":%.6f", a->prompt_tokens,
                       a->prompt_seconds);
    assay_buffer_print(&out, ",\"seconds\":%.6f,\"tokens_per_second\":%.3f}", a->seconds,
                       a->seconds > 0 ? (double)a->n_tokens / a->seconds : 0);
    bool failed = out.failed || a->text.failed || a->ids.failed || a->logprobs.failed;
    if (!failed) puts(out.data);
    assay_buffer_free(&out);
    return failed ? assay_fail(err, ASSAY_E_MEMORY, "generate: out of memory") : ASSAY_OK;
}

static assay_generator *make_generator(const generating *g, assay_error *err) {
    const generate_options *o = &g->options;
    assay_generate_options options = assay_generate_defaults();
    assay_generator *generator = NULL;
    options.temperature = (float)o->temperature;
    options.top_k = (int)o->top_k;
    options.top_p = (float)o->top_p;
    options.min_p = (float)o->min_p;
    options.repetition_penalty = (float)o->penalty;
    options.penalty_window = (int)o->window;
    options.seed = (uint64_t)o->seed;
    options.stream = g->n_turns;
    options.max_tokens = (int)o->max_tokens;
    options.stops = o->stops;
    options.n_stops = o->n_stops;
    options.constraint.choices = o->n_choices > 0 ? o->choices : NULL;
    options.constraint.n_choices = o->n_choices;
    options.constraint.regex = o->regex;
    return assay_generator_create(g->host.session, &options, &generator, err) == ASSAY_OK
               ? generator
               : NULL;
}

/* Asks and prints the answer; one that was cut short is printed too. */
static assay_status answer_turn(generating *g, const char *text, assay_error *err) {
    answer a = {0};
    size_t before = assay_session_length(g->host.session);
    const assay_ask ask = {.text = text,
                           .images = g->images,
                           .n_images = g->n_images,
                           .tile_edge = (int)g->options.tile_edge,
                           .raw = g->options.raw};
    double start = assay_os_seconds(), asked;
    assay_generator *generator = make_generator(g, err); /* its options are checked first */
    assay_status status = generator == NULL ? err->status : ASSAY_OK;
    if (status == ASSAY_OK) status = assay_session_ask(g->host.session, &ask, err);
    asked = assay_os_seconds();
    bool began = status == ASSAY_OK;
    while (status == ASSAY_OK && a.last.end == ASSAY_END_NONE) {
        assay_piece piece;
        if (assay_host_interrupted()) status = assay_fail(err, ASSAY_E_CANCELLED, "stopped");
        if (status == ASSAY_OK) status = assay_generator_next(generator, &piece, err);
        if (status == ASSAY_OK) take(&a, &piece, g->options.json);
        if (status == ASSAY_E_CANCELLED) a.last.end = ASSAY_END_CANCELLED;
    }
    a.prompt_tokens = assay_session_length(g->host.session) - before - a.n_tokens;
    if (a.last.end == ASSAY_END_STOP) a.prompt_tokens++; /* the stop token is not in the timeline */
    a.prompt_seconds = asked - start;
    a.seconds = assay_os_seconds() - asked;
    if (began && (status == ASSAY_OK || status == ASSAY_E_CANCELLED)) {
        assay_status printed = ASSAY_OK;
        if (g->options.json)
            printed = print_json(&a, err);
        else
            putchar('\n');
        if (status == ASSAY_OK) status = printed;
    }
    fflush(stdout);
    assay_generator_destroy(generator);
    answer_free(&a);
    g->n_images = 0;
    g->n_turns++;
    return status;
}

/* ---- what is asked ---- */

static assay_status check_text(const assay_buffer *text, assay_error *err) {
    if (text->failed) return assay_fail(err, ASSAY_E_MEMORY, "standard input: out of memory");
    if (text->len > MAX_PROMPT)
        return assay_fail(err, ASSAY_E_LIMIT, "standard input: more than %zu bytes", MAX_PROMPT);
    if (text->data != NULL && memchr(text->data, 0, text->len) != NULL)
        return assay_fail(err, ASSAY_E_FORMAT, "standard input: a NUL byte in the text");
    return ASSAY_OK;
}

/* Up to `end` (a character, left out, or EOF). False when there is nothing left. */
static bool read_until(int end, assay_buffer *out) {
    int c;
    out->len = 0;
    while ((c = getchar()) != EOF && c != end && out->len <= MAX_PROMPT) {
        char byte = (char)c;
        assay_buffer_append(out, &byte, 1);
    }
    if (out->len == 0) assay_buffer_append(out, "", 0);
    return c != EOF || out->len > 0;
}

static assay_status talk(generating *g, assay_error *err) {
    assay_buffer line = {0};
    bool person = assay_os_is_terminal(0);
    assay_status status = ASSAY_OK;
    while (status == ASSAY_OK) {
        if (person) fprintf(stderr, "> ");
        if (!read_until('\n', &line)) break;
        if (assay_host_interrupted()) status = assay_fail(err, ASSAY_E_CANCELLED, "stopped");
        if (status == ASSAY_OK) status = check_text(&line, err);
        if (status == ASSAY_OK && line.len > 0) status = answer_turn(g, line.data, err);
    }
    assay_buffer_free(&line);
    return status;
}

static assay_status read_images(generating *g, assay_error *err) {
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < g->options.n_images && status == ASSAY_OK; i++) {
        assay_ask_image *image = &g->images[i];
        image->what = g->options.images[i];
        status = assay_os_read_file(image->what, MAX_IMAGE, &g->files[i], &image->n, err);
        image->bytes = g->files[i];
        g->n_images++;
    }
    return status;
}

static assay_status check(const generate_options *o, assay_error *err) {
    if (o->chat && (o->raw || o->prompt != NULL))
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "generate: --chat reads standard input; it excludes --prompt and --raw");
    if (o->raw && o->n_images > 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "generate: --raw takes no images");
    if (o->regex != NULL && o->n_choices > 0)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "generate: --choice and --regex exclude each other");
    return ASSAY_OK;
}

static assay_status generate_all(generating *g, assay_error *err) {
    const char *text = g->options.prompt;
    assay_buffer input = {0};
    assay_status status = check(&g->options, err);
    if (status == ASSAY_OK) status = read_images(g, err);
    if (status == ASSAY_OK && text == NULL && !g->options.chat) {
        read_until(EOF, &input);
        status = check_text(&input, err);
        if (!g->options.raw && input.len > 0 && input.data[input.len - 1] == '\n')
            input.data[--input.len] = '\0';
        text = data_of(&input);
    }
    if (status == ASSAY_OK) status = assay_host_open_model(&g->host, err);
    if (status == ASSAY_OK) assay_host_catch_interrupt();
    if (status == ASSAY_OK) status = g->options.chat ? talk(g, err) : answer_turn(g, text, err);
    assay_buffer_free(&input);
    return status;
}

/* ---- the command ---- */

static bool parse(generate_options *o, int argc, char **argv, int *code) {
    const assay_arg args[] = {
        ASSAY_HOST_MODEL_ARGS(&o->host),
        {.name = "--image",
         .value = "FILE",
         .help = "PNG or JPEG before the text (of the first turn); again for more",
         .list = o->images,
         .n_list = &o->n_images,
         .list_max = MAX_IMAGES},
        {.name = "--tile-edge",
         .value = "N",
         .help = "cut images into up to N x N tiles beside the whole [1: no tiles]",
         .integer = &o->tile_edge,
         .low = 1,
         .high = ASSAY_MAX_TILE_EDGE},
        {.name = "--prompt",
         .value = "TEXT",
         .help = "the question [standard input]",
         .text = &o->prompt},
        {.name = "--raw",
         .help = "continue the text as it is, without the chat template",
         .flag = &o->raw},
        {.name = "--chat",
         .help = "a conversation: every line of standard input is a turn",
         .flag = &o->chat},
        {.name = "--max-tokens",
         .value = "N",
         .help = "tokens of an answer; 0: until the context is full [256]",
         .integer = &o->max_tokens,
         .low = 0,
         .high = 1000000},
        {.name = "--temperature",
         .value = "T",
         .help = "0: always the likeliest token [0]",
         .number = &o->temperature,
         .most = 100},
        {.name = "--top-k",
         .value = "K",
         .help = "draw among the K likeliest; 0: all [0]",
         .integer = &o->top_k,
         .low = 0,
         .high = 1000000},
        {.name = "--top-p",
         .value = "P",
         .help = "draw among the likeliest that make up P [1]",
         .number = &o->top_p,
         .least = 0.000001,
         .most = 1},
        {.name = "--min-p",
         .value = "P",
         .help = "draw among those with P times the best one's probability [0]",
         .number = &o->min_p,
         .most = 1},
        {.name = "--repetition-penalty",
         .value = "R",
         .help = "of tokens the answer has already (CTRL's) [1: none]",
         .number = &o->penalty,
         .least = 0.01,
         .most = 100},
        {.name = "--penalty-window",
         .value = "N",
         .help = "last tokens that it looks at; 0: all [64]",
         .integer = &o->window,
         .low = 0,
         .high = 1000000},
        {.name = "--seed",
         .value = "N",
         .help = "of the draws [0]",
         .integer = &o->seed,
         .high = INT64_MAX},
        {.name = "--stop",
         .value = "TEXT",
         .help = "end before this text; again for more",
         .list = o->stops,
         .n_list = &o->n_stops,
         .list_max = ASSAY_MAX_STOPS},
        {.name = "--choice",
         .value = "TEXT",
         .help = "the answer is one of the choices; again for each",
         .list = o->choices,
         .n_list = &o->n_choices,
         .list_max = ASSAY_MAX_CHOICES},
        {.name = "--regex",
         .value = "R",
         .help = "the answer matches this as a whole",
         .text = &o->regex},
        {.name = "--json", .help = "print one JSON object for an answer", .flag = &o->json},
        ASSAY_HOST_ENGINE_ARGS(&o->host),
    };
    const assay_usage usage = {.command = "generate",
                               .synopsis = "assay generate [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .first = 2};
    return assay_args_parse(&usage, argc, argv, code);
}

int assay_command_generate(int argc, char **argv) {
    generating g = {
        .options = {
            .tile_edge = 1, .top_p = 1, .penalty = 1, .window = 64, .max_tokens = DEFAULT_TOKENS}};
    assay_error err = {0};
    int code;
    if (!parse(&g.options, argc, argv, &code)) return code;
    g.options.host.program = argv[0];
    g.host.options = g.options.host;
    assay_status status = generate_all(&g, &err);
    code = status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
    for (size_t i = 0; i < MAX_IMAGES; i++) free(g.files[i]);
    assay_host_close(&g.host);
    return code;
}
