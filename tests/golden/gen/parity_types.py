#!/usr/bin/env python3
"""Reference values of the preset smolvlm-slice in every weight type, for tests/parity/test_types.c.

    for t in F32 F16 ...; do build/assay model random m/$t.gguf --preset smolvlm-slice --type $t; done
    python3 tests/golden/gen/parity_types.py m tests/golden/parity/types.json

The folder holds TYPE.gguf and mmproj-TYPE.gguf, and outputs of parity_llamacpp.c (cases: parity.py --cases): TYPE.txt for
these files, TYPE-f32.txt for the same dequantized (`assay model quantize IN OUT F32`). The weights are dequantized by the `gguf` package and everything else is computed in float64. The
hashes of the engine's own bits (--bits, a file with lines "TYPE SHA256") are what `test_types` prints.
"""
import argparse
import importlib.metadata
import json
import os

import parity
import engine_reference as reference

TYPES = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q4_K', 'Q5_K', 'Q6_K']


def rounded(cases):
    return [[parity.rounded(option, 7) for option in case] for case in cases]


def of_type(folder, name):
    text = reference.Weights(os.path.join(folder, name + '.gguf'))
    vision = reference.Weights(os.path.join(folder, f'mmproj-{name}.gguf'))
    size, patch, scale = (vision.meta('clip.vision.' + k) for k in ('image_size', 'patch_size', 'projector.scale_factor'))
    cases = parity.make_cases(parity.make_tokenizer(text), text.meta('llama.vocab_size'), (size // patch // scale) ** 2)
    exact = parity.Float64(text, vision)
    n_tiles = max(case['n_tiles'] for case in cases)
    exact.encoded = [reference.encode_image(vision, parity.tile_pixels(t, size)) for t in range(n_tiles)]
    logprobs = [[exact.logprobs(case, option) for option in case['options']] for case in cases]
    values = {'text_sha256': text.sha256, 'vision_sha256': vision.sha256, 'float64': rounded(logprobs)}
    for key, suffix in (('llamacpp', '-f32'), ('llamacpp_native', '')):
        theirs, encoded = parity.read_llamacpp(os.path.join(folder, f'{name}{suffix}.txt'), cases)
        values[key] = rounded(theirs['logprobs'])
        apart = [parity.most_apart(a, b) for a, b in zip(theirs['logprobs'], logprobs)]
        values[key + '_nat'] = parity.rounded(max(apart), 3)[0]
        print(name, key, 'from float64:', ' '.join(f'{v:.2g}' for v in apart), 'nat; features',
              ' '.join(f'{parity.relative_l2(f, exact.encoded[i].ravel()):.2g}' for i, f in enumerate(encoded)))
    return cases, values, theirs['version']


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('folder')
    parser.add_argument('out')
    parser.add_argument('--bits', help='lines "TYPE SHA256"')
    parser.add_argument('--keep', action='store_true', help='take the values of OUT, and only put in --bits')
    args = parser.parse_args()
    bits = dict(line.split() for line in open(args.bits, encoding='utf-8')) if args.bits else {}
    if args.keep:
        with open(args.out, encoding='utf-8') as file:
            result = json.load(file)
    else:
        types = {}
        for name in TYPES:
            cases, types[name], version = of_type(args.folder, name)
        result = {
            'generator': 'tests/golden/gen/parity_types.py',
            'versions': {**{name: importlib.metadata.version(name) for name in ('transformers', 'tokenizers', 'numpy', 'gguf')},
                         'llamacpp': version},
            'cases': cases, 'types': types}
    for name, value in bits.items():
        result['types'][name]['bits'] = value
    with open(args.out, 'w', encoding='utf-8') as file:
        json.dump(result, file, separators=(',', ':'))
        file.write('\n')


if __name__ == '__main__':
    main()
