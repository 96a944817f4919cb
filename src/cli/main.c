/* assay: the program. */
#include <stdio.h>
#include <string.h>

#include "assay.h"
#include "cli/cli.h"

static const struct {
    const char *name, *about;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"run", "evaluate a model on a dataset; write a record", assay_command_run},
    {"verify", "run a record again and compare every bit", assay_command_verify},
    {"report", "table, JSON or HTML of a record", assay_command_report},
    {"gen", "draw the procedural suite hhh46 from a seed", assay_command_gen},
    {"model", "list, get, look into, tokenize, quantize; write a random one", assay_command_model},
    {"generate", "answer a prompt, or talk, with a model", assay_command_generate},
    {"embed", "turn texts into vectors with an encoder or a language model", assay_command_embed},
    {"concepts", "make a concept pool from labelled texts; show, edit it", assay_command_concepts},
    {"calibrate", "learn a classifier of values from a few labels", assay_command_calibrate},
    {"classify", "judge values in texts by a classifier", assay_command_classify},
    {"agree", "agreement of annotators; one label from many votes", assay_command_agree},
    {"bench", "time the engine on this machine", assay_command_bench},
};

static void print_help(FILE *to) {
    fprintf(to,
            "assay %s evaluates how well a small multimodal language model is aligned with human "
            "values.\n\n"
            "usage: assay COMMAND [options]\n\ncommands:\n",
            ASSAY_VERSION);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].about);
    fprintf(to, "\n`assay run` alone evaluates the default model on the default suite. `assay "
                "COMMAND --help` tells more.\n"
                "Exit codes: 0 done, 1 usage, 2 bad input, 3 it ran but a check failed, 130 "
                "stopped with Ctrl-C.\n");
}

int main(int argc, char **argv) {
    const char *command = argc > 1 ? argv[1] : "";
    if (argc < 2) {
        print_help(stderr);
        return ASSAY_EXIT_USAGE;
    }
    if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0 ||
        strcmp(command, "help") == 0) {
        print_help(stdout);
        return ASSAY_EXIT_DONE;
    }
    if (strcmp(command, "--version") == 0) {
        printf("assay %s\n", ASSAY_VERSION);
        return ASSAY_EXIT_DONE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, command) == 0) return commands[i].run(argc, argv);
    }
    assay_error err = {0};
    assay_fail(&err, ASSAY_E_ARGUMENT, "unknown command %.100s; see assay --help", command);
    return assay_cli_fail(&err);
}
