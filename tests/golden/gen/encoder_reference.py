#!/usr/bin/env python3
"""Hugging Face's BertModel, in double precision, on seeded weights: what tests/golden/test_encoder.c compares with.

    python3 tests/golden/gen/encoder_reference.py tests/golden/encoder

The weights are not stored: tests/unit/encoder_fixture.h makes the same ones from the same hash. Writes tiny.json and
bge-small.json (the shape of bge-small, with a small vocabulary): ids, and the pooled vectors before normalization.
"""
import argparse
import importlib.metadata
import json
import os

import numpy as np
import torch
from transformers import BertConfig, BertModel

SHAPES = {  # as encoder_fixture.h
    'tiny': dict(dim=64, ffn=128, layers=3, heads=4, context=40, vocab=77, scale=2.0 ** -2, lengths=[1, 2, 7, 8, 9, 33, 40]),
    'bge-small': dict(dim=384, ffn=1536, layers=12, heads=12, context=512, vocab=77, scale=2.0 ** -4, lengths=[5, 61]),
}


def noise(seed, n):
    """[-1, 1) in steps of 2^-23: an integer hash (C. Wellons, lowbias32) of seed and index."""
    h = np.arange(n, dtype=np.uint32) * np.uint32(747796405) + np.uint32(seed * 2891336453 % 2 ** 32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x7feb352d)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x846ca68b)
    h ^= h >> np.uint32(16)
    return ((h >> np.uint32(8)).astype(np.float64) - 2 ** 23) / 2 ** 23


def tensors(s):
    """Name, shape, and how its values lie: around 0 with that scale, or around 1."""
    d, f = s['dim'], s['ffn']

    def norm(name):
        return [(name + '.weight', [d], 1, 0.25), (name + '.bias', [d], 0, 0.25)]

    def linear(name, rows, cols):
        return [(name + '.weight', [rows, cols], 0, s['scale']), (name + '.bias', [rows], 0, 0.25)]

    out = [('embeddings.word_embeddings.weight', [s['vocab'], d], 0, 1.0),
           ('embeddings.position_embeddings.weight', [s['context'], d], 0, 0.5),
           ('embeddings.token_type_embeddings.weight', [2, d], 0, 0.5)] + norm('embeddings.LayerNorm')
    for i in range(s['layers']):
        at = f'encoder.layer.{i}.'
        for name in ('attention.self.query', 'attention.self.key', 'attention.self.value', 'attention.output.dense'):
            out += linear(at + name, d, d)
        out += norm(at + 'attention.output.LayerNorm') + linear(at + 'intermediate.dense', f, d)
        out += linear(at + 'output.dense', d, f) + norm(at + 'output.LayerNorm')
    return out


def make_model(s):
    config = BertConfig(vocab_size=s['vocab'], hidden_size=s['dim'], num_hidden_layers=s['layers'], num_attention_heads=s['heads'],
                        intermediate_size=s['ffn'], max_position_embeddings=s['context'], type_vocab_size=2, hidden_act='gelu',
                        layer_norm_eps=1e-12, attn_implementation='eager')
    model = BertModel(config, add_pooling_layer=False).eval().double()
    state = {}
    for seed, (name, shape, base, scale) in enumerate(tensors(s)):
        values = noise(seed + 1, int(np.prod(shape))) * scale + base
        state[name] = torch.from_numpy(values.astype(np.float32).astype(np.float64).reshape(shape))
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and all('position_ids' in m or 'token_type_ids' in m for m in missing), (missing, unexpected)
    return model


def make_case(model, s, index, n):
    ids = [int(v) for v in np.floor((noise(1000 + index, n) + 1) / 2 * s['vocab'])]
    with torch.no_grad():
        states = model(input_ids=torch.tensor([ids])).last_hidden_state[0].numpy()
    pooled = {'mean': states.mean(axis=0), 'cls': states[0], 'last': states[-1]}
    return {'ids': ids, **{k: [float(f'{v:.7g}') for v in row] for k, row in pooled.items()}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('out')
    args = parser.parse_args()
    for name, s in SHAPES.items():
        model = make_model(s)
        result = {
            'generator': 'tests/golden/gen/encoder_reference.py',
            'versions': {n: importlib.metadata.version(n) for n in ('transformers', 'torch', 'numpy')},
            'cases': [make_case(model, s, i, n) for i, n in enumerate(s['lengths'])],
        }
        with open(os.path.join(args.out, name + '.json'), 'w', encoding='utf-8') as file:
            json.dump(result, file, separators=(',', ':'))
            file.write('\n')
        print(name, [round(float(np.std(c['mean'])), 3) for c in result['cases']])


if __name__ == '__main__':
    main()
