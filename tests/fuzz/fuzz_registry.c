/* Any bytes as the list of known models: what is accepted names files that cannot leave their folder. */
#include "fuzz.h"

#include "cli/fetch.h"
#include "cli/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    assay_registry list = {0};
    assay_error err = {0};
    assay_status status = assay_registry_read((const char *)bytes, n, &list, &err);
    PROMISE((status == ASSAY_OK) == (err.text[0] == '\0'));
    for (size_t i = 0; i < list.n_models && status == ASSAY_OK; i++) {
        const assay_known_model *m = &list.models[i];
        PROMISE(assay_registry_find(&list, m->id) == m && strpbrk(m->id, "/.\\") != m->id);
        PROMISE(m->n_text >= 1 && m->n_files >= m->n_text && m->n_files <= ASSAY_MAX_MODEL_FILES);
        for (size_t j = 0; j < m->n_files; j++) {
            const assay_known_file *file = &m->files[j];
            PROMISE(file->name[0] != '\0' && file->name[0] != '.' &&
                    strpbrk(file->name, "/\\") == NULL);
            PROMISE(file->sha256[0] == '\0' || strlen(file->sha256) == 64);
            PROMISE(!file->here || (file->url[0] != '/' && strstr(file->url, "..") == NULL));
            PROMISE(file->here || assay_fetch_check_url(file->url, &err) == ASSAY_OK);
        }
    }
    assay_registry_close(&list);
    return 0;
}
