"""Text to token ids: the tokenizer, trained on what the suite writes, and the marks of the chat template."""

import tokenizers
from tokenizers import decoders, models, pre_tokenizers, trainers

import data
import drill

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<global-img>", "<fake_token_around_image>", "<image>",
            "<end_of_utterance>"]


def make_tokenizer(bpe):
    """Byte-level BPE, pre-tokenized as `smollm`; SPECIALS are parts of the vocabulary that text never gives."""
    tok = tokenizers.Tokenizer(bpe)
    tok.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tok.decoder = decoders.ByteLevel()
    return tok


def train_tokenizer(drawer, n_vocab, per_task):
    """On the generator's own text."""
    fixed = ["User:", "User: ", "\nUser:", "\nAssistant:", *drill.DESCRIBE, "\n" + drill.THINK]
    texts = fixed * per_task
    for task in drawer.tasks:
        for number in range(per_task):
            s = drawer.draw(task, data.SEED_TOKENIZER, number)
            texts += [s.question, *(s.after or []), *(" " + o for o in s.options), " " + s.description]
            for question, answer in s.hints:
                texts += [question, " " + answer]
    tok = make_tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=n_vocab, special_tokens=SPECIALS, min_frequency=2, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tok.train_from_iterator(texts, trainer)
    return tok


class Text:
    """Ids of plain text (specials never parsed) and of the marks of the chat template."""

    def __init__(self, tok):
        self.tok = tok
        self.id = {name: tok.token_to_id(name) for name in SPECIALS}
        self.n_vocab = tok.get_vocab_size()
        tok.encode_special_tokens = True
        self.cache = {}
        self.start = [self.id["<|im_start|>"]] + self.ids("User:")
        self.end = self.id["<end_of_utterance>"]
        self.turn = [self.end] + self.ids("\nAssistant:")
        self.user = [self.end] + self.ids("\nUser:")  # after an answer

    def ids(self, text):
        found = self.cache.get(text)
        if found is None:
            found = self.tok.encode(text, add_special_tokens=False).ids if text else []
            if len(self.cache) < 200_000:
                self.cache[text] = found
        return found

    def image(self, first, n_tokens):
        """An image's marks; its features are rows first, first + 1, ... of the sample's, written as -1 - row."""
        fake = self.id["<fake_token_around_image>"]
        return [fake, self.id["<global-img>"], *range(-1 - first, -1 - first - n_tokens, -1), fake]

    def question(self, text, behind_image):
        return self.ids(text if behind_image else " " + text) + self.turn

    def answer(self, text):
        return self.ids(" " + text)
