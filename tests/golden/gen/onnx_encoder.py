#!/usr/bin/env python3
"""A small BERT with seeded weights, as ONNX in the usual export form and as GGUF, with its vocabulary and 50 texts.

    python3 tests/golden/gen/onnx_encoder.py tests/golden/onnx

encoder.onnx    input_ids, attention_mask, token_type_ids [batch, sequence] int64 -> last_hidden_state [batch, sequence, 64]
encoder.gguf    the same weights: 2 layers, 64 wide, 4 heads, 96 positions, mean pooling
tokenizer.json  its vocabulary, 300 tokens of WordPiece; vocab.txt: the same
texts.json      50 texts, their ids by Hugging Face's tokenizers and their embeddings by its BertModel (mean, length 1)

Every weight is a half, so that both files hold the same numbers: the ONNX file as float16 with a Cast behind each, as
many exports do, the GGUF file as F16 matrices and F32 vectors.
"""
import argparse
import hashlib
import importlib.metadata
import json
import os
import random

import gguf
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

DIM, FFN, LAYERS, HEADS, CONTEXT, VOCAB, EPS = 64, 128, 2, 4, 96, 300, 1e-12
SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
WORDS = '''the a an and or but not no yes is are was were be been to of in on at for with from by as it this that these
those he she they we you i his her their our your my who what why how when where which one two three child people friend
family law money truth lie help harm hurt kind fair honest safe free work school home city water food fire game story
day night year time hand eye heart mind word book door road tree dog cat bird good bad great small large old new right
wrong should must may can will do does did say said give take make made keep tell think know feel want need love hate
fear trust share steal cheat break follow obey protect respect choose learn teach win lose play rest'''.split()
PIECES = '##s ##ed ##ing ##er ##ly ##ion ##ness ##ful ##less ##ment ##able ##al ##y ##est ##ity'.split()
TEXTS = [
    '', ' ', 'a', 'Yes.', 'No!', 'help', 'Help me, please.', 'I', '42', 'The cat sat.', 'the dog and the bird',
    'You should tell the truth.', 'You should not tell a lie.', 'Why did he steal the money?', 'She gives food to people in need.',
    'They protect the old tree by the road.', 'A kind friend shares what they have.', 'follow the law', 'break the law',
    'WE MUST OBEY', 'we must obey', 'Do what feels good!', 'Rest at home, read a book; play a game.', 'Learn, teach, win, lose.',
    'honesty and fairness', 'kindness, helpfulness, harmlessness', 'café', 'naïve Zoë', 'Москва', '東京', '🙂 yes', 'x' * 101,
    'unbelievably well-known', 'one-two-three', '(good) [bad] {small}', 'who? what! why...', "don't", 'a\tb\nc', '   spaces   ',
    '#tag @name 50% $20', 'The\u00a0night', 'zero\u200bwidth', 'hate hate hate', 'love love love',
]


def vocabulary():
    letters = [chr(c) for c in range(ord('a'), ord('z') + 1)]
    tokens = SPECIAL + list('!"#$%&\'()*+,-./:;?@[]{}') + list('0123456789') + [f'##{d}' for d in '0123456789']
    tokens += letters + [f'##{c}' for c in letters] + WORDS + PIECES
    tokens = list(dict.fromkeys(tokens))
    if len(tokens) > VOCAB:
        raise SystemExit(f'{len(tokens)} tokens')
    return tokens + [f'[unused{i}]' for i in range(VOCAB - len(tokens))]


def texts():
    rng = random.Random(5)
    made = [' '.join(rng.choice(WORDS) for _ in range(n)) for n in (20, 40, 60, 92, 150)]
    made.append('Trust is earned, not given: ' * 3)
    if len(TEXTS) + len(made) != 50:
        raise SystemExit(f'{len(TEXTS) + len(made)} texts')
    return TEXTS + made


def tokenizer_json(tokens):
    special = {'single_word': False, 'lstrip': False, 'rstrip': False, 'normalized': False, 'special': True}
    at = {name: [{'SpecialToken': {'id': name, 'type_id': 0}}] for name in ('[CLS]', '[SEP]')}
    return {
        'version': '1.0', 'truncation': None, 'padding': None,
        'added_tokens': [{'id': tokens.index(t), 'content': t, **special} for t in SPECIAL],
        'normalizer': {'type': 'BertNormalizer', 'clean_text': True, 'handle_chinese_chars': True, 'strip_accents': None,
                       'lowercase': True},
        'pre_tokenizer': {'type': 'BertPreTokenizer'},
        'post_processor': {
            'type': 'TemplateProcessing',
            'single': at['[CLS]'] + [{'Sequence': {'id': 'A', 'type_id': 0}}] + at['[SEP]'],
            'pair': at['[CLS]'] + [{'Sequence': {'id': 'A', 'type_id': 0}}] + at['[SEP]']
            + [{'Sequence': {'id': 'B', 'type_id': 1}}, {'SpecialToken': {'id': '[SEP]', 'type_id': 1}}],
            'special_tokens': {n: {'id': n, 'ids': [tokens.index(n)], 'tokens': [n]} for n in ('[CLS]', '[SEP]')},
        },
        'decoder': {'type': 'WordPiece', 'prefix': '##', 'cleanup': True},
        'model': {'type': 'WordPiece', 'unk_token': '[UNK]', 'continuing_subword_prefix': '##',
                  'max_input_chars_per_word': 100, 'vocab': {t: i for i, t in enumerate(tokens)}},
    }


def bert():
    """BertModel with seeded weights that are halves."""
    config = BertConfig(vocab_size=VOCAB, hidden_size=DIM, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
                        intermediate_size=FFN, max_position_embeddings=CONTEXT, layer_norm_eps=EPS, attn_implementation='eager')
    model = BertModel(config, add_pooling_layer=False).eval()
    rng = np.random.default_rng(46)
    with torch.no_grad():
        for name, weight in sorted(model.named_parameters()):
            scale = 1.0 if 'word_embeddings' in name else 0.15 if weight.dim() == 2 else 0.1
            values = scale * rng.standard_normal(tuple(weight.shape)) + (1.0 if name.endswith('LayerNorm.weight') else 0.0)
            weight.copy_(torch.from_numpy(values.astype(np.float16).astype(np.float32)))
    return model


class Graph:
    """Nodes of an ONNX graph, in order; each call gives the name of what it computes."""

    def __init__(self):
        self.nodes, self.initializers, self.n = [], [], 0

    def op(self, kind, *inputs, name=None, **attributes):
        self.n += 1
        out = name or f'{kind.lower()}_{self.n}'
        self.nodes.append(helper.make_node(kind, inputs, [out], **attributes))
        return out

    def constant(self, values, name=None):
        self.n += 1
        name = name or f'constant_{self.n}'
        self.initializers.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def weight(self, name, array):
        return self.op('Cast', self.constant(array.astype(np.float16), name), to=TensorProto.FLOAT)


def to_onnx(weights):
    g = Graph()
    linear = lambda x, name: g.op('Add', g.op('MatMul', x, g.weight(f'{name}.weight', weights[f'{name}.weight'].T)),
                                  g.weight(f'{name}.bias', weights[f'{name}.bias']))
    norm = lambda x, name, out=None: g.op('LayerNormalization', x, g.weight(f'{name}.weight', weights[f'{name}.weight']),
                                          g.weight(f'{name}.bias', weights[f'{name}.bias']), axis=-1, epsilon=EPS, name=out)
    table = lambda name: g.weight(f'embeddings.{name}.weight', weights[f'embeddings.{name}.weight'])
    zero, one, axes = g.constant(np.int64(0)), g.constant(np.int64(1)), g.constant(np.array([1, 2], np.int64))
    length = g.op('Gather', g.op('Shape', 'input_ids'), one, axis=0)
    x = g.op('Add', g.op('Gather', table('word_embeddings'), 'input_ids', axis=0),
             g.op('Gather', table('token_type_embeddings'), 'token_type_ids', axis=0))
    x = norm(g.op('Add', x, g.op('Gather', table('position_embeddings'), g.op('Range', zero, length, one), axis=0)), 'embeddings.LayerNorm')
    seen = g.op('Cast', g.op('Unsqueeze', 'attention_mask', axes), to=TensorProto.FLOAT)
    mask = g.op('Mul', g.op('Sub', g.constant(np.float32(1)), seen), g.constant(np.finfo(np.float32).min))
    apart = g.constant(np.array([0, 0, HEADS, DIM // HEADS], np.int64))
    together = g.constant(np.array([0, 0, DIM], np.int64))
    for i in range(LAYERS):
        at = f'encoder.layer.{i}.'
        heads = lambda part, perm: g.op('Transpose', g.op('Reshape', linear(x, f'{at}attention.self.{part}'), apart), perm=perm)
        scores = g.op('MatMul', heads('query', [0, 2, 1, 3]), heads('key', [0, 2, 3, 1]))
        scores = g.op('Add', g.op('Div', scores, g.constant(np.float32((DIM // HEADS) ** 0.5))), mask)
        seen = g.op('MatMul', g.op('Softmax', scores, axis=-1), heads('value', [0, 2, 1, 3]))
        seen = g.op('Reshape', g.op('Transpose', seen, perm=[0, 2, 1, 3]), together)
        x = norm(g.op('Add', linear(seen, f'{at}attention.output.dense'), x), f'{at}attention.output.LayerNorm')
        up = linear(x, f'{at}intermediate.dense')
        erf = g.op('Add', g.op('Erf', g.op('Div', up, g.constant(np.float32(2 ** 0.5)))), g.constant(np.float32(1)))
        gelu = g.op('Mul', g.op('Mul', up, erf), g.constant(np.float32(0.5)))
        last = 'last_hidden_state' if i == LAYERS - 1 else None
        x = norm(g.op('Add', linear(gelu, f'{at}output.dense'), x), f'{at}output.LayerNorm', last)
    shape = ['batch_size', 'sequence_length']
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n in ('input_ids', 'attention_mask', 'token_type_ids')]
    output = helper.make_tensor_value_info('last_hidden_state', TensorProto.FLOAT, [*shape, DIM])
    graph = helper.make_graph(g.nodes, 'encoder', inputs, [output], g.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8, producer_name='assay')
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def to_gguf(path, weights, tokens):
    w = gguf.GGUFWriter(path, 'bert')
    w.add_name('seeded encoder')
    w.add_block_count(LAYERS)
    w.add_context_length(CONTEXT)
    w.add_embedding_length(DIM)
    w.add_feed_forward_length(FFN)
    w.add_head_count(HEADS)
    w.add_layer_norm_eps(EPS)
    w.add_causal_attention(False)
    w.add_pooling_type(gguf.PoolingType.MEAN)
    w.add_token_type_count(2)
    w.add_tokenizer_model('bert')
    w.add_tokenizer_pre('bert-bge')
    w.add_token_list([t if t in SPECIAL else t[2:] if t.startswith('##') else f'\u2581{t}' for t in tokens])
    w.add_token_types([3 if t in SPECIAL else 1 for t in tokens])
    for name, key in zip(SPECIAL, ('padding', 'unknown', 'cls', 'seperator', 'mask')):
        w.add_uint32(f'tokenizer.ggml.{key}_token_id', tokens.index(name))
    put = lambda name, array, half: w.add_tensor(name, array.astype(np.float16 if half else np.float32))
    put('token_embd.weight', weights['embeddings.word_embeddings.weight'], True)
    put('position_embd.weight', weights['embeddings.position_embeddings.weight'], False)
    put('token_types.weight', weights['embeddings.token_type_embeddings.weight'], False)
    pairs = [('token_embd_norm', 'embeddings.LayerNorm')]
    for i in range(LAYERS):
        pairs += [(f'blk.{i}.{to}', f'encoder.layer.{i}.{name}') for to, name in (
            ('attn_q', 'attention.self.query'), ('attn_k', 'attention.self.key'), ('attn_v', 'attention.self.value'),
            ('attn_output', 'attention.output.dense'), ('attn_output_norm', 'attention.output.LayerNorm'),
            ('ffn_up', 'intermediate.dense'), ('ffn_down', 'output.dense'), ('layer_output_norm', 'output.LayerNorm'))]
    for to, name in pairs:
        put(f'{to}.weight', weights[f'{name}.weight'], weights[f'{name}.weight'].ndim == 2)
        put(f'{to}.bias', weights[f'{name}.bias'], False)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('out')
    out = parser.parse_args().out
    os.makedirs(out, exist_ok=True)
    path = lambda name: os.path.join(out, name)
    tokens, model = vocabulary(), bert()
    weights = {name: value.numpy() for name, value in model.state_dict().items() if value.dtype == torch.float32}
    with open(path('encoder.onnx'), 'wb') as file:
        file.write(to_onnx(weights))
    to_gguf(path('encoder.gguf'), weights, tokens)
    with open(path('vocab.txt'), 'w', encoding='utf-8') as file:
        file.write(''.join(f'{t}\n' for t in tokens))
    with open(path('tokenizer.json'), 'w', encoding='utf-8') as file:
        json.dump(tokenizer_json(tokens), file, separators=(',', ':'), ensure_ascii=False)
        file.write('\n')
    tokenizer = Tokenizer.from_file(path('tokenizer.json'))
    rows = []
    for text in texts():
        ids = tokenizer.encode(text).ids
        cut = ids if len(ids) <= CONTEXT else ids[:CONTEXT - 1] + ids[-1:]
        with torch.no_grad():
            mean = model(torch.tensor([cut])).last_hidden_state[0].mean(0).numpy()
        rows.append({'text': text, 'ids': ids, 'embedding': [round(float(v), 6) for v in mean / np.linalg.norm(mean)]})
    e = np.array([row['embedding'] for row in rows])
    near = e @ e.T - 2 * np.eye(len(e))
    print('longest', max(len(r['ids']) for r in rows), 'texts of another', int((near.max(0) > 0.999).sum()), 'median cosine', float(np.median(near)))
    with open(path('texts.json'), 'w', encoding='utf-8') as file:
        file.write('[\n' + ',\n'.join(json.dumps(row, separators=(',', ':')) for row in rows) + '\n]\n')
    versions = ', '.join(f'{n} {importlib.metadata.version(n)}' for n in ('onnx', 'gguf', 'torch', 'transformers', 'tokenizers', 'numpy'))
    with open(path('SOURCES.txt'), 'w', encoding='utf-8') as file:
        file.write(f'Made by tests/golden/gen/onnx_encoder.py with {versions}.\n')
        for name in ('encoder.gguf', 'encoder.onnx', 'texts.json', 'tokenizer.json', 'vocab.txt'):
            with open(path(name), 'rb') as one:
                file.write(f'{hashlib.sha256(one.read()).hexdigest()}  {name}\n')


if __name__ == '__main__':
    main()
