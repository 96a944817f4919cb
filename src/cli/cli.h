/* The program `assay`: one function a command, one table of options a command.
 *
 * Exit codes: 0 done, 1 usage, 2 bad input (one line says what and where), 3 it ran but a check
 * failed; 130 when the user stopped it with Ctrl-C. Results go to stdout, progress and errors to
 * stderr. */
#ifndef ASSAY_CLI_H
#define ASSAY_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum {
    ASSAY_EXIT_DONE = 0,
    ASSAY_EXIT_USAGE = 1,
    ASSAY_EXIT_INPUT = 2,
    ASSAY_EXIT_CHECK = 3,
    ASSAY_EXIT_STOPPED = 130
};

/* Commands. argv[0] is the program's path as it was called, argv[1] the command, the rest its own.
 * Each returns the exit code. */
int assay_command_run(int argc, char **argv);
int assay_command_verify(int argc, char **argv);
int assay_command_report(int argc, char **argv);
int assay_command_gen(int argc, char **argv);
int assay_command_model(int argc, char **argv);
int assay_command_bench(int argc, char **argv);
int assay_command_embed(int argc, char **argv);
int assay_command_generate(int argc, char **argv);
int assay_command_calibrate(int argc, char **argv);
int assay_command_classify(int argc, char **argv);
int assay_command_agree(int argc, char **argv);
int assay_command_concepts(int argc, char **argv);

/* One option of a command. Exactly one of flag, text, list, integer, number is set: where its value
 * goes. Set the default there before parsing. */
typedef struct assay_arg {
    const char *name;  /* "--limit" */
    const char *value; /* name of its value in the help, "N"; NULL for a flag */
    const char *help;  /* one line; the default in brackets */
    bool *flag;
    const char **text;
    const char **list; /* [list_max], for an option that may be given again; *n_list counts */
    size_t *n_list, list_max;
    int64_t *integer, low, high;
    double *number, least, most; /* digits with a point, no exponent */
} assay_arg;

typedef struct assay_usage {
    const char *command;  /* "run", also the prefix of usage errors */
    const char *synopsis; /* "assay run [options]" */
    const char *about;    /* a paragraph, lines ended by \n */
    const assay_arg *args;
    size_t n_args;
    const char **words; /* [max_words], out: what is not an option; unset ones are NULL */
    size_t min_words, max_words;
    size_t first; /* index in argv where the command's own arguments start: 2, or 3 after a
                     sub-command */
} assay_usage;

/* Parses "--name value", "--name=value", flags, words, and "--" (only words follow). Returns true
 * when the command shall go on; otherwise *code is its exit code, and the help (on --help or -h) or
 * a line of error was printed. */
bool assay_args_parse(const assay_usage *usage, int argc, char **argv, int *code);

/* Prints "assay: SENTENCE" on stderr and returns the exit code that belongs to the status. */
int assay_cli_fail(const assay_error *err);

/* A file of the data folder: `relative` below ./data, else below ../data or ../../data from the
 * program's folder (argv[0]). Writes the first that exists; the ./data one when none does. False
 * when it does not fit. */
bool assay_cli_data_path(const char *program, const char *relative, char *path, size_t size);

#endif
