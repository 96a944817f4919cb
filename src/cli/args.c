/* Options of a command, read by its table; the help is printed from the same table. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

static void print_help(const assay_usage *usage) {
    printf("usage: %s\n\n%s", usage->synopsis, usage->about);
    if (usage->n_args > 0) printf("\noptions:\n");
    for (size_t i = 0; i < usage->n_args; i++) {
        const assay_arg *arg = &usage->args[i];
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", arg->name, arg->value != NULL ? " " : "",
                 arg->value != NULL ? arg->value : "");
        printf("  %-22s %s\n", left, arg->help);
    }
}

static const assay_arg *find(const assay_usage *usage, const char *word, size_t n) {
    for (size_t i = 0; i < usage->n_args; i++) {
        if (strlen(usage->args[i].name) == n && strncmp(usage->args[i].name, word, n) == 0)
            return &usage->args[i];
    }
    return NULL;
}

/* A whole decimal number within the argument's bounds. */
static bool get_integer(const assay_arg *arg, const char *text) {
    const char *digits = text[0] == '-' ? text + 1 : text;
    uint64_t x = 0, most = text[0] == '-' ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    if (digits[0] == '\0') return false;
    for (; *digits != '\0'; digits++) {
        if (*digits < '0' || *digits > '9') return false;
        uint64_t digit = (uint64_t)(*digits - '0');
        if (x > (most - digit) / 10) return false;
        x = x * 10 + digit;
    }
    int64_t value = text[0] != '-' ? (int64_t)x : x == 0 ? 0 : -(int64_t)(x - 1) - 1;
    if (value < arg->low || value > arg->high) return false;
    *arg->integer = value;
    return true;
}

/* A decimal number within the argument's bounds. */
static bool get_number(const assay_arg *arg, const char *text) {
    char *end = NULL;
    if (text[0] == '\0' || text[strspn(text, "0123456789.")] != '\0') return false;
    double x = strtod(text, &end);
    if (*end != '\0' || end == text || x < arg->least || x > arg->most) return false;
    *arg->number = x;
    return true;
}

static bool usage_error(const assay_usage *usage, int *code, const char *before, const char *what,
                        const char *after) {
    assay_error err = {0};
    assay_fail(&err, ASSAY_E_ARGUMENT, "%s: %s%.200s%s; see assay %s --help", usage->command,
               before, what, after, usage->command);
    *code = assay_cli_fail(&err);
    return false;
}

/* argv[*i] is an option; takes its value from behind '=' or from the next word. */
static bool take_option(const assay_usage *usage, int argc, char **argv, int *i, int *code) {
    const char *word = argv[*i], *equals = strchr(word, '=');
    const assay_arg *arg =
        find(usage, word, equals != NULL ? (size_t)(equals - word) : strlen(word));
    if (arg == NULL) return usage_error(usage, code, "unknown option ", word, "");
    if (arg->flag != NULL) {
        if (equals != NULL)
            return usage_error(usage, code, "option ", arg->name, " takes no value");
        *arg->flag = true;
        return true;
    }
    if (equals == NULL && *i + 1 >= argc)
        return usage_error(usage, code, "option ", arg->name, " needs a value");
    const char *value = equals != NULL ? equals + 1 : argv[++*i];
    if (arg->text != NULL) {
        *arg->text = value;
        return true;
    }
    char after[120];
    if (arg->list != NULL) {
        if (*arg->n_list < arg->list_max) {
            arg->list[(*arg->n_list)++] = value;
            return true;
        }
        snprintf(after, sizeof after, " can be given %zu times at most", arg->list_max);
        return usage_error(usage, code, "option ", arg->name, after);
    }
    if (arg->number != NULL) {
        if (get_number(arg, value)) return true;
        snprintf(after, sizeof after, " is not a number from %g to %g (%s)", arg->least, arg->most,
                 arg->name);
        return usage_error(usage, code, "", value, after);
    }
    if (get_integer(arg, value)) return true;
    snprintf(after, sizeof after, " is not a whole number from %lld to %lld (%s)",
             (long long)arg->low, (long long)arg->high, arg->name);
    return usage_error(usage, code, "", value, after);
}

bool assay_args_parse(const assay_usage *usage, int argc, char **argv, int *code) {
    bool only_words = false;
    size_t n_words = 0;
    *code = ASSAY_EXIT_DONE;
    for (int i = (int)usage->first; i < argc; i++) {
        const char *word = argv[i];
        bool option = !only_words && word[0] == '-' && word[1] != '\0';
        if (option && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (option && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            print_help(usage);
            return false;
        } else if (option) {
            if (!take_option(usage, argc, argv, &i, code)) return false;
        } else {
            if (n_words == usage->max_words)
                return usage_error(usage, code, "unexpected word ", word, "");
            usage->words[n_words++] = word;
        }
    }
    if (n_words < usage->min_words) return usage_error(usage, code, "", "something is missing", "");
    return true;
}

int assay_cli_fail(const assay_error *err) {
    char line[sizeof err->text];
    size_t i = 0;
    /* Names and texts from files may hold anything; control characters stay off the terminal. */
    for (; err->text[i] != '\0' && i + 1 < sizeof line; i++) {
        unsigned char c = (unsigned char)err->text[i];
        line[i] = c < 0x20 || c == 0x7F ? '?' : err->text[i];
    }
    line[i] = '\0';
    fflush(stdout);
    fprintf(stderr, "assay: %s\n", line);
    if (err->status == ASSAY_E_ARGUMENT) return ASSAY_EXIT_USAGE;
    if (err->status == ASSAY_E_CHECK) return ASSAY_EXIT_CHECK;
    if (err->status == ASSAY_E_CANCELLED) return ASSAY_EXIT_STOPPED;
    return ASSAY_EXIT_INPUT;
}

bool assay_cli_data_path(const char *program, const char *relative, char *path, size_t size) {
    static const char *const ways[] = {"../data", "../../data"};
    const char *slash = strrchr(program, '/');
    for (size_t i = 0; i < sizeof ways / sizeof ways[0] + 1; i++) {
        int n = i == 0
                    ? snprintf(path, size, "data/%s", relative)
                    : snprintf(path, size, "%.*s/%s/%s", slash == NULL ? 1 : (int)(slash - program),
                               slash == NULL ? "." : program, ways[i - 1], relative);
        if (n >= 0 && (size_t)n < size && assay_os_exists(path)) return true;
    }
    int n = snprintf(path, size, "data/%s", relative);
    return n >= 0 && (size_t)n < size;
}
