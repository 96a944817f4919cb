#!/usr/bin/env python3
"""Hidden states of every layer of the tiny random model in float64, for tests/unit/test_encoder_hidden.c:

    build/assay model random --preset tiny --type F32 /tmp/tiny-f32.gguf
    python3 tests/golden/gen/hidden_reference.py /tmp/tiny-f32.gguf tests/golden/encoder/hidden.json

Layers are counted as Hugging Face's hidden_states: 0 the embeddings, i what block i gives, and last the norm of what the
last block gives. Of each layer: the mean over the prompt's tokens, and the last token's state.
"""
import argparse
import importlib.metadata
import json

from engine_reference import Weights, decode_layers, noise


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('model')
    parser.add_argument('out')
    args = parser.parse_args()
    w = Weights(args.model)
    ids = [3 + v % 256 for v in noise(40, 7)]

    def rounded(row):
        return [float(f'{v:.7g}') for v in row]

    result = {
        'generator': 'tests/golden/gen/hidden_reference.py',
        'versions': {name: importlib.metadata.version(name) for name in ('numpy', 'gguf')},
        'model_sha256': w.sha256,
        'ids': ids,
        'layers': [{'mean': rounded(x.mean(axis=0)), 'last': rounded(x[-1])} for x in decode_layers(w, w('token_embd.weight')[ids])],
    }
    with open(args.out, 'w', encoding='utf-8') as file:
        json.dump(result, file, separators=(',', ':'))
        file.write('\n')


if __name__ == '__main__':
    main()
