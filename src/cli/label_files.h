/* Value systems and label files, as the commands name them. */
#ifndef ASSAY_CLI_LABEL_FILES_H
#define ASSAY_CLI_LABEL_FILES_H

#include "assay_clave.h"

/* `given`: a JSON file, or the name of one of the data folder's value systems ("schwartz-10"). program: argv[0]. */
assay_status assay_cli_read_values(const char *program, const char *given, assay_values **out,
                                   assay_error *err);
/* All files as one set. A path may be "FORMAT:PATH" (votes of one format, their texts of another); else `format`; NULL: csv
 * where a name ends so, else jsonl. */
assay_status assay_cli_read_labels(const assay_values *values, const char *const *paths, size_t n,
                                   const char *format, assay_labels **out, assay_error *err);

#endif
