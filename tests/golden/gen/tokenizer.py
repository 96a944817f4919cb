"""Golden files for format/tokenizer/tokenizer.c: python3 tests/golden/gen/tokenizer.py

A small vocabulary is learnt by Hugging Face's `tokenizers` from the sentences below, and random text is encoded by it.
Writes, below tests/golden/tokenizer/ (and seeds for tests/fuzz):
  smollm.gguf, gpt-2.gguf   the vocabulary with each pre-tokenizer
  smollm.tsv, gpt-2.tsv     a line a case: plain or special, the text in hex, the ids
"""
import hashlib
import importlib.metadata
import pathlib
import random

import gguf
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

OUT = pathlib.Path(__file__).resolve().parents[1] / 'tokenizer'
SEEDS = pathlib.Path(__file__).resolve().parents[2] / 'fuzz' / 'seeds' / 'tokenizer'
N_CASES = 400
SPECIALS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<image>', '<img', '<im', '<end_of_utterance>']

CORPUS = [
    'A helpful answer says what the picture shows, and no more than that.',
    "The assistant doesn't know; it's honest to say: I don't know.",
    'Which of the two signs tells the driver to stop? The red one, at 12:45 on 2024-03-17.',
    "They're sure we've seen it, they'd said they'll come, and I'm here.",
    'Gr\u00fc\u00dfe aus K\u00f6ln, o\u00f9 est la biblioth\u00e8que, \u4f60\u597d\u4e16\u754c, \u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440.',
    'if (n == 0) {\n    return -1;\n}\n\n\tfor (i = 0; i < 100; i++) sum += a[i];\n',
    'aaaa aaaaaaaa     spaces   and\ttabs\n\n\nlines',
]

ALPHABETS = [
    'abcdefghijklmnopqrstuvwxyz', 'ABC xyz', '0123456789', ' ', ' \t\n\r', "'", "'s 't 're 've 'm 'll 'd",
    '.,;:!?()[]{}<>|_-+*/=#@$%&', '\u00e9\u00fc\u00df\u00f1\u00f8', '\u4f60\u597d\u4e16\u754c', '\u041f\u0440\u0438\u0432\u0435\u0442',
    '\u0661\u0662\u0663\u00bd\u00b2\u2167\u3007', '\u00a0\u2003\u3000\u200b\u2028\u0085', '\U0001f600\U0001f468\u200d\U0001f469\ufe0f',
    '\u0e01\u0e33\u0301\u0308\u093f', '\u0000\u0001\u007f',
]


def random_text(rng, with_specials):
    parts = []
    for _ in range(rng.randint(1, 8)):
        kind = rng.random()
        if with_specials and kind < 0.3:
            parts.append(rng.choice(SPECIALS + ['<|im', '<imag', '<image', 'image>', '<|im_end|']))
        elif kind < 0.5:
            words = rng.choice(CORPUS)
            at = rng.randrange(len(words))
            parts.append(words[at:at + rng.randint(1, 30)])
        elif kind < 0.9:
            alphabet = rng.choice(ALPHABETS)
            parts.append(''.join(rng.choice(alphabet) for _ in range(rng.randint(1, 12))))
        else:
            code = rng.randrange(0x110000)
            parts.append(chr(code) if not 0xd800 <= code < 0xe000 else '\ufffd')
    return ''.join(parts)


def learn(pre):
    tokenizer = Tokenizer(models.BPE())
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    digits = pre_tokenizers.Digits(individual_digits=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, byte_level]) if pre == 'smollm' else byte_level
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=560, special_tokens=[], min_frequency=1, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    return tokenizer


def write(pre):
    plain, special = learn(pre), learn(pre)
    special.add_special_tokens([AddedToken(s, normalized=False) for s in SPECIALS])
    vocab = special.get_vocab(with_added_tokens=True)
    tokens = sorted(vocab, key=vocab.get)
    merges = __import__('json').loads(plain.to_str())['model']['merges']
    w = gguf.GGUFWriter(OUT / f'{pre}.gguf', 'llama')
    w.add_tokenizer_model('gpt2')
    w.add_tokenizer_pre(pre)
    w.add_token_list(tokens)
    w.add_token_types([3 if t in SPECIALS else 1 for t in tokens])
    w.add_token_merges([' '.join(m) if isinstance(m, list) else m for m in merges])
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.close()
    rng = random.Random(46)
    lines = []
    texts = [(False, s) for s in CORPUS + ['', ' ', '  ', "'", "''s", "'S", "it's  5 o'clock 'll"]]
    texts += [(True, s) for s in SPECIALS + ['<image><image>', 'a<image>b', ' <image> ', '<imgx', '<|im_start|>User: hi']]
    for i in range(N_CASES):
        texts.append((i % 2 == 1, random_text(rng, i % 4 > 0)))
    for parse, text in texts:
        ids = (special if parse else plain).encode(text, add_special_tokens=False).ids
        lines.append(f"{'special' if parse else 'plain'}\t{text.encode().hex() or '-'}\t{' '.join(map(str, ids)) or '-'}\n")
    (OUT / f'{pre}.tsv').write_text(''.join(lines))


if __name__ == '__main__':
    OUT.mkdir(parents=True, exist_ok=True)
    for name in ('smollm', 'gpt-2'):
        write(name)
    version = importlib.metadata.version
    (OUT / 'SOURCES.txt').write_text(
        f"Made by tests/golden/gen/tokenizer.py with tokenizers {version('tokenizers')}, gguf {version('gguf')}.\n"
        + ''.join(f'{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n'
                  for p in sorted(OUT.iterdir()) if p.name != 'SOURCES.txt'))

    SEEDS.mkdir(parents=True, exist_ok=True)
    rng = random.Random(1)
    for i in range(12):
        (SEEDS / f'{i}.txt').write_bytes((CORPUS[i] if i < len(CORPUS) else random_text(rng, True)).encode())
    (SEEDS.parent / 'gguf' / 'smollm.gguf').write_bytes((OUT / 'smollm.gguf').read_bytes())
