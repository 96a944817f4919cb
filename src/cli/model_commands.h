/* assay model info | quantize. */
#ifndef ASSAY_CLI_MODEL_COMMANDS_H
#define ASSAY_CLI_MODEL_COMMANDS_H

int assay_model_show(int argc, char **argv);
int assay_model_convert(int argc, char **argv);

#endif
