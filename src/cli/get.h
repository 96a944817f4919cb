/* assay model list | get. */
#ifndef ASSAY_CLI_GET_H
#define ASSAY_CLI_GET_H

int assay_model_list(int argc, char **argv);
int assay_model_get(int argc, char **argv);

#endif
