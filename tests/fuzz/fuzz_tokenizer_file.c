/* Any bytes as a tokenizer.json or vocab.txt: what is accepted gives ids of its own vocabulary, framed, as many as were allowed. */
#include "fuzz.h"

#include "format/tokenizer/tokenizer_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const char text[] = "A caf\xC3\xA9, ab AB abc 1 \xE6\x9D\xB1 \xFF [SEP] ##c";
    assay_tokenizer *tok = NULL;
    assay_ids ids = {0};
    assay_error err = {0};
    assay_status status = assay_tokenizer_open(bytes, n, "bytes", &tok, &err);
    PROMISE((status == ASSAY_OK) == (err.text[0] == '\0') && (status == ASSAY_OK) == (tok != NULL));
    bool gguf =
        n >= 4 && memcmp(bytes, "GGUF", 4) == 0; /* of any kind: it may put nothing around a text */
    if (tok != NULL &&
        assay_tokenize_within(tok, text, sizeof text - 1, 7, &ids, &err) == ASSAY_OK) {
        const assay_tokenizer_specials *special = assay_tokenizer_get_specials(tok);
        PROMISE(ids.n <= 7);
        for (size_t i = 0; i < ids.n; i++)
            PROMISE(ids.ids[i] >= 0 && ids.ids[i] < assay_tokenizer_size(tok));
        PROMISE(gguf ||
                (ids.n >= 2 && ids.ids[0] == special->cls && ids.ids[ids.n - 1] == special->sep));
    }
    assay_ids_free(&ids);
    assay_tokenizer_destroy(tok);
    return 0;
}
