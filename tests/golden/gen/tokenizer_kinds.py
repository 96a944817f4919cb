"""Golden files for the tokenizers beside byte-level BPE, and for pre-tokenizers: python3 tests/golden/gen/tokenizer_kinds.py

Writes, below tests/golden/tokenizer_kinds/ (`sentencepiece` and Hugging Face's `tokenizers` learn the vocabularies and encode):
  spm.gguf, spm.tsv          SentencePiece BPE with bytes for what is no token
  unigram.gguf, unigram.tsv  SentencePiece unigram with a normalisation of its own
  bert.gguf, bert.tsv        WordPiece
  gemma4.gguf, gemma4.tsv    BPE on characters with bytes for what is no token
      a line a case: the text in hex, the ids
  texts.tsv                  a line a text, in hex
  pieces.tsv                 a line a pre-tokenizer: its name, and for each of the texts the lengths of its pieces in bytes
and one seed a kind for tests/fuzz. Learning breaks ties by chance: each run gives other vocabularies, with the ids that fit them.
"""
import hashlib
import importlib.metadata
import io
import json
import pathlib
import random
import tempfile

import gguf
import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizer import CORPUS, random_text
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

OUT = pathlib.Path(__file__).resolve().parents[1] / 'tokenizer_kinds'
SEEDS = pathlib.Path(__file__).resolve().parents[2] / 'fuzz' / 'seeds' / 'gguf'
N_CASES, N_TEXTS = 150, 110

# Pre-tokenizers as the models' own tokenizer files have them.
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
ENGLISH = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA3 = ENGLISH + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace('{1,3}', '')
UPPER, LOWER = r'[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]', r'[\p{Ll}\p{Lm}\p{Lo}\p{M}]'
GPT4O = (rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{ENGLISH}?|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{ENGLISH}?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
TEKKEN = GPT4O.replace(ENGLISH + '?', '').replace('{1,3}', '')
DEEPSEEK_WORDS = (r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
                  r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
CJK = '[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+'
CHINESE_KOREAN = '[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+'
BLOOM = ' ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+'
DEEPSEEK_LETTERS = (
    'A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af\u0370-\u0373'
    '\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f'
    '\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77'
    '\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-'
    '\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec'
    '\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-'
    '\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3'
    '\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17'
    '\uff21-\uff3a\uff41-\uff5a\U00010400-\U0001044f\U000104b0-\U000104d3\U000104d8-\U000104fb\U00010c80-'
    '\U00010cb2\U00010cc0-\U00010cf2\U000118a0-\U000118df\U0001e900-\U0001e943')
KIMI_UPPER, KIMI_LOWER = UPPER[:-1] + r'&&[^\p{Han}]]', LOWER[:-1] + r'&&[^\p{Han}]]'
RULES = {
    'default': [r'[\p{P}\$\+<=>\^~\|]+', GPT2, r'\p{N}+', '[0-9][0-9][0-9]'],
    'gpt-2': [GPT2],
    'smollm': [r'\p{N}', GPT2],
    'llama-bpe': [LLAMA3],
    'dbrx': [LLAMA3],
    'qwen2': [QWEN2],
    'qwen35': [ENGLISH + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"],
    'ufakzeka': [QWEN2.replace(ENGLISH + '|', '')],
    'laguna': [r'[^\n]+|[\n]+', QWEN2],
    'minicpm5': [r'\p{N}{1,3}', LLAMA3.replace('{1,3}', '+')],
    'seed-coder': [ENGLISH + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"],
    'bailingmoe': [r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"],
    'exaone-moe': [ENGLISH + r"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?"
                   r"|\s*[\r\n]|\s+(?!\S)|\s+"],
    'jais-2': [ENGLISH + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)"
               r"|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}"],
    'gpt-4o': [GPT4O],
    'granite-embed-multi-97m': [GPT4O],
    'tiny_aya': [r'\d{1,3}(?=(?:\d{3})*\b)', GPT4O],
    'tekken': [TEKKEN],
    'youtu': ['[\uac00-\ud7a3\u3131-\u318e]+|[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f'
              '\ufe30-\ufe4f]+|[\u3105-\u312f]+|' + CJK, GPT4O.replace('{1,3}', '')],
    'kimi-k2': [r'[\p{Han}]+|' + GPT4O.replace(UPPER, KIMI_UPPER).replace(LOWER, KIMI_LOWER).replace(r'[\r\n/]', r'[\r\n]')],
    'deepseek-v3': [r'\p{N}{1,3}', CJK, DEEPSEEK_WORDS],
    'spark2_5': [r'\p{N}{1,3}', CJK, DEEPSEEK_WORDS.replace(r'[\r\n]*|\s*[\r\n]+', r'|[\r\n]'), r'\p{N}'],
    'afmoe': [r'\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))', '[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u3040-\u309f\u30a0-\u30ff'
              '\uff65-\uff9f\u2f00-\u2fdf\u0e40-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff'
              '\uac00-\ud7af\u1100-\u11ff]+', DEEPSEEK_WORDS],
    'deepseek-llm': ['[\r\n]', r'\s?[' + DEEPSEEK_LETTERS + ']+',
                     '\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+', r'\s+$', CHINESE_KOREAN, r'\p{N}+'],
    'deepseek-coder': ['[\r\n]', r'\s?\p{L}+', r'\s?\p{P}+', CHINESE_KOREAN, r'\p{N}'],
    'falcon': [r'[\p{P}\$\+<=>\^~\|`]+', GPT2, '[0-9][0-9][0-9]'],
    'poro-chat': [BLOOM],
    'viking': [BLOOM, r'\p{N}'],
    'superbpe': [r'\p{N}+', r'(?=(\d{3})+(?!\d))'],
    'chameleon': ['<sentinel:[0-9]+>', '(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z', '([\t\n]|    |  )', r'\p{N}',
                  r'[\p{P}!-/:-@\[-`{-~]', GPT2],
    'gemma4': [r'[^\n]+|[\n]+'],
}

EXTRA = ['iPhone 15 PRO costs', 'HTTPServer\u00c9t\u00e9 \u01c5e', 'a b c d', '12345678', '1234567 \u0661\u0662\u0663\u0664',
         'x' * 3 + ' ' * 700 + 'y',
         ' ' * 300, '\n\n  \n x', '\r\n\r\n', "IT'S we'LL 'Re", 'IMGIMGABCDZ <sentinel:12> IMGIMGZ', 'foo(bar)/baz//\n',
         '\u4e2d\u6587a\u6587b \u6587',
         'e\u0301e\u0301 \u0915\u093e\u0928\u094d', '\uc548\ub155\ud558\uc138\uc694 \u3131\u314f',
         '\uff11\uff12\uff13\uff14\uff0c\u3002', '_snake_case1234abc',
         '\u0e40\u0e01\u0e21 \u1780\u17b6\u1793\u17cb', '   12', '\t\tif x:\n\t\t\treturn 1000000;\n', '$5 + 6 = `x` ^ ~y | z',
         '3.14159 1,000,000', 'a\u00a0b\u3000c']


def texts_for(seed, n):
    rng = random.Random(seed)
    return [s for s in CORPUS + EXTRA][:n] + [random_text(rng, i % 3 == 0) for i in range(max(0, n - len(CORPUS) - len(EXTRA)))]


def pieces_of(stages, text):
    """Lengths in bytes of the pieces that Oniguruma's matches cut."""
    splits = [pre_tokenizers.Split(Regex(pattern), behavior='isolated') for pattern in stages]
    pieces = [piece for piece, _ in pre_tokenizers.Sequence(splits).pre_tokenize_str(text)] if text else []
    assert ''.join(pieces) == text
    return [len(piece.encode()) for piece in pieces if piece]


def write_gguf(name, model, tokens, types, scores=None, pre=None, merges=None, keys=()):
    w = gguf.GGUFWriter(OUT / f'{name}.gguf', 'llama')
    w.add_tokenizer_model(model)
    if pre:
        w.add_tokenizer_pre(pre)
    w.add_token_list(tokens)
    w.add_token_types(types)
    if scores is not None:
        w.add_token_scores(scores)
    if merges is not None:
        w.add_token_merges(merges)
    for key, value in keys:
        (w.add_bool if isinstance(value, bool) else w.add_uint32 if isinstance(value, int) else w.add_array)(key, value)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.close()


def write_cases(name, encode, texts):
    lines = [f"{text.encode().hex() or '-'}\t{' '.join(map(str, encode(text))) or '-'}\n" for text in texts]
    (OUT / f'{name}.tsv').write_text(''.join(lines))


def learn_sentencepiece(**options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(CORPUS * 3), model_writer=model, num_threads=1, minloglevel=2,
                                             hard_vocab_limit=False, **options)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    pieces = ([p.piece for p in proto.pieces], [p.type for p in proto.pieces], [p.score for p in proto.pieces])
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue()), pieces, proto.normalizer_spec


def spm():
    model, pieces, _ = learn_sentencepiece(model_type='bpe', vocab_size=520, byte_fallback=True, character_coverage=0.98,
                                           normalization_rule_name='identity', remove_extra_whitespaces=False)
    write_gguf('spm', 'llama', *pieces, keys=[('tokenizer.ggml.bos_token_id', 1), ('tokenizer.ggml.eos_token_id', 2),
                                              ('tokenizer.ggml.unknown_token_id', 0)])
    write_cases('spm', model.encode, [t for t in texts_for(7, N_CASES) if '\0' not in t])


def unigram():
    rules = [(chr(0xff01 + i), chr(0x21 + i)) for i in range(94)] + [('\ufb01', 'fi'), ('\u2460', '1'), ('\u00bd', '1\u20442'),
             ('\u3000', ' '), ('\u00a0', ' '), ('\n', ' '), ('\t', ' '), ('e\u0301', '\u00e9'), ('u\u0308', '\u00fc'), ('\u200b', ' '),
             ('\u0001', ''), ('\u2026', '...')]
    with tempfile.NamedTemporaryFile('w', suffix='.tsv') as f:
        for a, b in rules:
            f.write(' '.join(f'{ord(c):x}' for c in a) + '\t' + ' '.join(f'{ord(c):x}' for c in b) + '\n')
        f.flush()
        model, pieces, spec = learn_sentencepiece(model_type='unigram', vocab_size=300, normalization_rule_tsv=f.name,
                                                  user_defined_symbols=['<image>', 'bar'])
    write_gguf('unigram', 't5', *pieces, keys=[
        ('tokenizer.ggml.bos_token_id', 1), ('tokenizer.ggml.eos_token_id', 2), ('tokenizer.ggml.unknown_token_id', 0),
        ('tokenizer.ggml.add_space_prefix', True), ('tokenizer.ggml.remove_extra_whitespaces', True),
        ('tokenizer.ggml.precompiled_charsmap', list(spec.precompiled_charsmap))])
    # User-defined tokens are cut out before, as llama.cpp does: SentencePiece's answer differs around them.
    texts = [t for t in texts_for(8, N_CASES) if '\0' not in t and '<image>' not in t and 'bar' not in t]
    write_cases('unigram', model.encode, texts)


def bert():
    t = Tokenizer(models.WordPiece(unk_token='[UNK]', max_input_chars_per_word=100))
    t.normalizer, t.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
    t.train_from_iterator(CORPUS * 3, trainers.WordPieceTrainer(vocab_size=420, special_tokens=specials, show_progress=False))
    vocab = t.get_vocab()
    names = sorted(vocab, key=vocab.get)
    tokens = [n if n in specials else n[2:] if n.startswith('##') else '\u2581' + n for n in names]
    write_gguf('bert', 'bert', tokens, [3 if n in specials else 1 for n in names], keys=[
        ('tokenizer.ggml.cls_token_id', 2), ('tokenizer.ggml.seperator_token_id', 3), ('tokenizer.ggml.unknown_token_id', 1)])
    plain = Tokenizer(models.WordPiece(vocab, unk_token='[UNK]', max_input_chars_per_word=100))
    plain.normalizer, plain.pre_tokenizer = t.normalizer, t.pre_tokenizer
    more = ['a' * 100, 'a' * 101, '\u00e9' * 100, '\u0130stanbul \u03a3\u0391\u03a3', '\u2581a', '[MASK]', 'caf\u00e9 \uac00\uac01',
            '\u0958\u093c', 'x\u0000y\ufffdz\u200bw', 'a\u000bb\u000cc\u0085d']
    write_cases('bert', lambda s: plain.encode(s, add_special_tokens=False).ids, more + texts_for(9, N_CASES))


def gemma4():
    t = Tokenizer(models.BPE(byte_fallback=True))
    t.normalizer, t.pre_tokenizer = normalizers.Replace(' ', '\u2581'), pre_tokenizers.Split(Regex('\n+'), 'isolated')
    specials = ['<pad>', '<eos>', '<bos>', '<unk>']
    t.train_from_iterator(CORPUS * 3, trainers.BpeTrainer(vocab_size=420, limit_alphabet=60, special_tokens=specials,
                                                          show_progress=False))
    state = json.loads(t.to_str())
    vocab = state['model']['vocab']
    for byte in range(256):
        vocab[f'<0x{byte:02X}>'] = len(vocab)
    for name in ('\n\n', '\n\n\n'):
        vocab.setdefault(name, len(vocab))
    names = sorted(vocab, key=vocab.get)
    state['added_tokens'] = []
    plain = Tokenizer.from_str(json.dumps(state))
    types = [3 if n in specials else 6 if n.startswith('<0x') else 1 for n in names]
    write_gguf('gemma4', 'gemma4', names, types, pre='gemma4', merges=[' '.join(m) for m in state['model']['merges']],
               keys=[('tokenizer.ggml.bos_token_id', 2), ('tokenizer.ggml.eos_token_id', 1)])
    # A run of line ends is one token where there is one, which merging alone does not find.
    texts = [s for s in texts_for(10, N_CASES) if '\n\n' not in s]
    write_cases('gemma4', lambda s: plain.encode(s, add_special_tokens=False).ids, texts)


def pieces():
    texts = texts_for(11, N_TEXTS)
    (OUT / 'texts.tsv').write_text(''.join(text.encode().hex() + '\n' for text in texts))
    rows = [name + '\t' + '\t'.join(' '.join(map(str, pieces_of(stages, text))) for text in texts) + '\n' for name, stages in RULES.items()]
    (OUT / 'pieces.tsv').write_text(''.join(rows))


if __name__ == '__main__':
    OUT.mkdir(parents=True, exist_ok=True)
    for make in (spm, unigram, bert, gemma4, pieces):
        make()
    for kind in ('spm', 'unigram', 'bert', 'gemma4'):
        (SEEDS / f'{kind}.gguf').write_bytes((OUT / f'{kind}.gguf').read_bytes())
    version = importlib.metadata.version
    (OUT / 'SOURCES.txt').write_text(
        f"Made by tests/golden/gen/tokenizer_kinds.py with tokenizers {version('tokenizers')}, "
        f"sentencepiece {version('sentencepiece')}, gguf {version('gguf')}.\n"
        + ''.join(f'{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n'
                  for p in sorted(OUT.iterdir()) if p.name != 'SOURCES.txt'))
