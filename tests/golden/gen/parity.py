#!/usr/bin/env python3
"""Reference values of a model of SmolVLM's shape, for tests/parity: Hugging Face's own SmolVLM classes, and float64.

    build/assay model random --preset smolvlm-256m --type F32 m/256m-F32.gguf
    python3 tests/golden/gen/parity.py m/256m-F32.gguf m/mmproj-256m-F32.gguf tests/golden/parity/smolvlm-256m-f32.json

Reads both GGUF files with the `gguf` package, dequantizes the weights exactly and puts them into
SmolVLMForConditionalGeneration (float32, eager attention), whose outputs are the golden values. The same is computed
once more in float64 by engine_reference.py, and how far apart the two lie is kept beside them. --llamacpp and
--llamacpp-native add a third opinion: outputs of parity_llamacpp.c, which says how to make them; --cases prints the cases for
it. A quantized model goes to it twice: dequantized (`assay model quantize IN OUT F32`), because its own products of quantized
weights round activations to 8 bits, which moves log-probabilities by more than everything else, and as it is.

Prompts are rendered by Hugging Face's chat template and image prompt strings, and tokenized by `tokenizers` with the file's
vocabulary. Use a version of transformers whose position ids are the identity (<= 4.54.1); it is checked here.
"""
import argparse
import hashlib
import importlib.metadata
import json

import jinja2
import numpy as np
import tokenizers
import torch
from tokenizers import AddedToken, decoders, models, pre_tokenizers
from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration
from transformers.models.smolvlm import processing_smolvlm

import engine_reference as reference

SAMPLES = 4  # components kept of each row
FAKE, GLOBAL, IMAGE = '<fake_token_around_image>', '<global-img>', '<image>'

IMAGE_PART = {'type': 'image'}


def text_part(text):
    return {'type': 'text', 'text': text}


# Messages; the grid (rows, columns) of each image; texts of options. Tiles are numbered through all cases, and used again: the first
# image of every case begins with tile 0.
CASES = [
    {'name': 'one tile',
     'messages': [{'role': 'user', 'content': [IMAGE_PART, text_part('How many dots does the picture show?')]}],
     'grids': [(0, 0)], 'options': [' three', ' about 12'], 'drawn': [8, 8]},
    {'name': 'tiles, two images',
     'messages': [{'role': 'user', 'content': [IMAGE_PART, text_part('Look at this one,\nthen at the other: '), IMAGE_PART,
                                               text_part(' Which is brighter?')]}],
     'grids': [(1, 2), (0, 0)], 'options': [' The first', ' the other'], 'drawn': [8, 8]},
    {'name': 'text, turns',
     'messages': [{'role': 'user', 'content': [text_part('Is 7 a prime number? Say why.')]},
                  {'role': 'assistant', 'content': [text_part('Yes: only 1 and 7 divide it.')]},
                  {'role': 'user', 'content': [text_part('And 9?')]}],
     'grids': [], 'options': [' No: 3 times 3 is 9, so it has another divisor.', ' Yes.'], 'drawn': [24, 1]},
]


def noise(state):
    """Numerical Recipes' linear congruential generator, its high 16 bits."""
    while True:
        state = (state * 1664525 + 1013904223) % 2 ** 32
        yield state >> 16


def tile_pixels(tile, size):
    """[size, size, 3] uint8: stripes, rings of products and some noise, the same integers as in tests/parity/parity.h"""
    draw = noise(tile + 1)
    grain = np.array([next(draw) & 31 for _ in range(size * size * 3)]).reshape(size, size, 3)
    y, x, c = np.meshgrid(np.arange(size), np.arange(size), np.arange(3), indexing='ij')
    return ((x * (tile + 1) + y * (c + 2)) // 3 + (x * y // 128) * (tile + 1) + grain & 255).astype(np.uint8)


def make_tokenizer(w):
    """The vocabulary of the GGUF file: byte-level BPE behind single digits, as SmolLM's."""
    tokens, kinds = w.meta('tokenizer.ggml.tokens'), w.meta('tokenizer.ggml.token_type')
    merges = [tuple(m.split(' ')) for m in w.meta('tokenizer.ggml.merges')]
    tok = tokenizers.Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, merges))
    tok.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tok.decoder = decoders.ByteLevel()
    tok.add_special_tokens([AddedToken(t, special=True, normalized=False) for t, k in zip(tokens, kinds) if k == 3])
    return tok


def image_string(grid, n_tokens):
    return processing_smolvlm.get_image_prompt_string(
        *grid, n_tokens, image_token=IMAGE, fake_token_around_image=FAKE, global_image_token=GLOBAL)


def make_cases(tokenizer, n_vocab, n_image_tokens):
    """Ids of prompts and options; options of the number of ids in `drawn` take them anywhere in the vocabulary."""
    template = jinja2.Environment().from_string(processing_smolvlm.DEFAULT_CHAT_TEMPLATE)
    draw, cases = noise(7), []
    image = tokenizer.token_to_id(IMAGE)
    for case in CASES:
        prompt = template.render(messages=case['messages'], add_generation_prompt=True)
        pieces = prompt.split(IMAGE)
        for i, grid in enumerate(case['grids']):
            pieces[i] += image_string(grid, n_image_tokens)
        options = [tokenizer.encode(text).ids for text in case['options']]
        for n in case['drawn']:
            ids = [(next(draw) * 65536 + next(draw)) % n_vocab for _ in range(n)]
            options.append([i if i != image else 3 for i in ids])
        cases.append({'name': case['name'], 'prompt': tokenizer.encode(''.join(pieces)).ids, 'options': options,
                      'n_tiles': sum(rows * cols + 1 if rows else 1 for rows, cols in case['grids'])})
    return cases


# ---- Hugging Face ----

def hugging_face_config(text, vision):
    heads = text.meta('llama.attention.head_count')
    return SmolVLMConfig(
        scale_factor=vision.meta('clip.vision.projector.scale_factor'),
        image_token_id=text.meta('tokenizer.ggml.tokens').index(IMAGE),
        tie_word_embeddings=False,
        vision_config={
            'hidden_size': vision.meta('clip.vision.embedding_length'),
            'intermediate_size': vision.meta('clip.vision.feed_forward_length'),
            'num_hidden_layers': vision.meta('clip.vision.block_count'),
            'num_attention_heads': vision.meta('clip.vision.attention.head_count'),
            'image_size': vision.meta('clip.vision.image_size'),
            'patch_size': vision.meta('clip.vision.patch_size'),
            'layer_norm_eps': vision.meta('clip.vision.attention.layer_norm_epsilon'),
            'hidden_act': 'gelu_pytorch_tanh'},
        text_config={
            'model_type': 'llama', 'hidden_act': 'silu', 'tie_word_embeddings': False,
            'hidden_size': text.meta('llama.embedding_length'),
            'intermediate_size': text.meta('llama.feed_forward_length'),
            'num_hidden_layers': text.meta('llama.block_count'),
            'num_attention_heads': heads,
            'num_key_value_heads': text.meta('llama.attention.head_count_kv'),
            'head_dim': text.meta('llama.embedding_length') // heads,
            'vocab_size': text.meta('llama.vocab_size'),
            'max_position_embeddings': text.meta('llama.context_length'),
            'rope_theta': text.meta('llama.rope.freq_base'),
            'rms_norm_eps': text.meta('llama.attention.layer_norm_rms_epsilon')})


VISION_NAMES = {
    'attn_q': 'self_attn.q_proj', 'attn_k': 'self_attn.k_proj', 'attn_v': 'self_attn.v_proj', 'attn_out': 'self_attn.out_proj',
    'ln1': 'layer_norm1', 'ln2': 'layer_norm2', 'ffn_up': 'mlp.fc1', 'ffn_down': 'mlp.fc2'}
TEXT_NAMES = {
    'attn_q': 'self_attn.q_proj', 'attn_k': 'self_attn.k_proj', 'attn_v': 'self_attn.v_proj', 'attn_output': 'self_attn.o_proj',
    'attn_norm': 'input_layernorm', 'ffn_norm': 'post_attention_layernorm',
    'ffn_gate': 'mlp.gate_proj', 'ffn_up': 'mlp.up_proj', 'ffn_down': 'mlp.down_proj'}
WHOLE_NAMES = {
    'v.patch_embd': 'model.vision_model.embeddings.patch_embedding',
    'v.position_embd': 'model.vision_model.embeddings.position_embedding',
    'v.post_ln': 'model.vision_model.post_layernorm', 'mm.model.fc': 'model.connector.modality_projection.proj',
    'token_embd': 'model.text_model.embed_tokens', 'output_norm': 'model.text_model.norm', 'output': 'lm_head'}


def hugging_face_name(name):
    stem, kind = name.rsplit('.', 1)
    if stem in WHOLE_NAMES:
        return f'{WHOLE_NAMES[stem]}.{kind}'
    parts = stem.split('.')
    if parts[0] == 'v':
        return f'model.vision_model.encoder.layers.{parts[2]}.{VISION_NAMES[parts[3]]}.{kind}'
    return f'model.text_model.layers.{parts[1]}.{TEXT_NAMES[parts[2]]}.{kind}'


def rotate_half_rows(weight, n_heads):
    """GGUF's llama turns neighbouring pairs of rows, Hugging Face's halves of a head."""
    rows, cols = weight.shape
    return weight.reshape(n_heads, rows // n_heads // 2, 2, cols).swapaxes(1, 2).reshape(rows, cols)


def hugging_face_model(text, vision):
    model = SmolVLMForConditionalGeneration._from_config(hugging_face_config(text, vision), attn_implementation='eager')
    state = {}
    for w in (text, vision):
        for name in w.tensors:
            value = w(name).astype(np.float32)
            if w is text and '.attn_q.' in name:
                value = rotate_half_rows(value, text.meta('llama.attention.head_count'))
            if w is text and '.attn_k.' in name:
                value = rotate_half_rows(value, text.meta('llama.attention.head_count_kv'))
            state[hugging_face_name(name)] = torch.from_numpy(np.ascontiguousarray(value))
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not missing and not unexpected, (missing, unexpected)
    return model.eval()


def check_position_ids(model):
    """The patch at row r, column c must get position r * side + c."""
    embeddings, seen = model.model.vision_model.embeddings, []
    hook = embeddings.position_embedding.register_forward_hook(lambda module, args, out: seen.append(args[0]))
    size, side = embeddings.image_size, embeddings.num_patches_per_side
    embeddings(torch.zeros(1, 3, size, size), torch.ones(1, side, side, dtype=torch.bool))
    hook.remove()
    assert torch.equal(seen[0][0], torch.arange(side * side)), 'this version of transformers has wrong position ids'


class HuggingFace:
    def __init__(self, text, vision):
        self.model = hugging_face_model(text, vision)
        check_position_ids(self.model)
        self.tiles, self.encoded = [], None

    def pixels(self, n):
        return torch.stack([(torch.from_numpy(t).permute(2, 0, 1).float() * (1 / 255) - 0.5) / 0.5 for t in self.tiles[:n]])[None]

    def features(self, n_tiles):
        if self.encoded is None:
            self.encoded = self.model.model.get_image_features(self.pixels(len(self.tiles)))
        return self.encoded[:n_tiles].numpy()

    def hidden(self, ids, n_tiles):
        """The prompt through the whole class, pixels and all."""
        out = self.model.model(input_ids=torch.tensor([ids]), pixel_values=self.pixels(n_tiles) if n_tiles else None)
        return out.last_hidden_state[0]

    def logprobs(self, case, option):
        """The prompt and the option, with the features of the images."""
        n, n_tiles = len(case['prompt']), case['n_tiles']
        out = self.model.model(input_ids=torch.tensor([case['prompt'] + option]),
                               image_hidden_states=torch.from_numpy(self.features(n_tiles)) if n_tiles else None)
        rows = torch.log_softmax(self.model.lm_head(out.last_hidden_state[0, n - 1:-1]), dim=-1)
        return [float(rows[i, token]) for i, token in enumerate(option)]


# ---- float64 ----

class Float64:
    def __init__(self, text, vision):
        self.text, self.vision = text, vision
        self.embed = text('token_embd.weight')
        self.output = text('output.weight') if 'output.weight' in text else self.embed
        self.image = text.meta('tokenizer.ggml.tokens').index(IMAGE)
        self.encoded = []

    def features(self, n_tiles):
        return np.stack(self.encoded[:n_tiles])

    def hidden(self, ids, n_tiles):
        x = self.embed[ids]
        if n_tiles:
            x[np.array(ids) == self.image] = np.concatenate(self.encoded[:n_tiles])
        return reference.decode(self.text, x)

    def logprobs(self, case, option):
        hidden = self.hidden(case['prompt'] + option, case['n_tiles'])
        rows = reference.log_softmax(hidden[len(case['prompt']) - 1:-1] @ self.output.T)
        return [float(rows[i, token]) for i, token in enumerate(option)]


# ---- the file ----

def sampled(array):
    """[n, SAMPLES] of [n, dim]: row r keeps the components (r + k * (dim / SAMPLES)) mod dim."""
    n, dim = array.shape
    at = (np.arange(n)[:, None] + np.arange(SAMPLES)[None, :] * (dim // SAMPLES)) % dim
    return np.take_along_axis(np.asarray(array, dtype=np.float64), at, axis=1)


def rounded(array, digits=6):
    return [float(f'{v:.{digits}g}') for v in np.asarray(array).ravel()]


def relative_l2(found, expected):
    return float(np.linalg.norm(np.asarray(found, dtype=np.float64) - expected) / np.linalg.norm(expected))


def most_apart(a, b):
    return max(abs(x - y) for p, q in zip(a, b) for x, y in zip(p, q))


def read_llamacpp(path, cases):
    """Features of the tiles and log-probabilities, case by case, as parity_llamacpp.c prints them."""
    with open(path, encoding='utf-8') as file:
        lines = [line.split() for line in file]
    found = {'version': next(' '.join(line[1:]) for line in lines if line[0] == 'version')}
    features = [np.array(line[1:], dtype=float) for line in lines if line[0] == 'features']
    values = iter([float(v) for v in line[1:]] for line in lines if line[0] == 'logprobs')
    found['logprobs'] = [[next(values) for _ in case['options']] for case in cases]
    return found, features


def compute(text, vision, cases, size):
    n_tiles = max(case['n_tiles'] for case in cases)
    tiles = [tile_pixels(t, size) for t in range(n_tiles)]
    exact = Float64(text, vision)
    exact.encoded = [reference.encode_image(vision, tile) for tile in tiles]
    theirs = HuggingFace(text, vision)
    theirs.tiles = tiles
    features = theirs.features(n_tiles)
    result = {'features': [rounded(sampled(f)) for f in features], 'cases': []}
    apart = {'features': relative_l2(features, exact.features(n_tiles))}
    for case in cases:
        hidden = theirs.hidden(case['prompt'], case['n_tiles'])
        logprobs = [theirs.logprobs(case, option) for option in case['options']]
        plain = [exact.logprobs(case, option) for option in case['options']]
        result['cases'].append({'hidden': rounded(sampled(hidden)), 'logprobs': [rounded(v, 8) for v in logprobs],
                                'float64': [rounded(v, 8) for v in plain]})
        apart.setdefault('hidden', []).append(relative_l2(hidden, exact.hidden(case['prompt'], case['n_tiles'])))
        apart.setdefault('nat', []).append(most_apart(logprobs, plain))
        print(case['name'], 'hidden rms %.3f' % np.sqrt((np.asarray(hidden) ** 2).mean()),
              ' '.join(f'{v:.3f}' for v in logprobs[0]))
    result['apart'] = {k: rounded(v, 3) for k, v in apart.items()}
    print('Hugging Face and float64 are apart by', result['apart'])
    return result


def add_llamacpp(result, key, path):
    """Its log-probabilities beside the others, and how far it is from Hugging Face."""
    found, encoded = read_llamacpp(path, result['cases'])
    for one, logprobs in zip(result['cases'], found.pop('logprobs')):
        one[key] = [rounded(v, 8) for v in logprobs]
    found['nat'] = rounded([most_apart(one[key], one['logprobs']) for one in result['cases']], 3)
    n_rows = len(result['features'][0]) // SAMPLES
    found['features'] = rounded([relative_l2(sampled(f.reshape(n_rows, -1)).ravel(), result['features'][i])
                                 for i, f in enumerate(encoded)], 3)
    result[key] = found
    print(key, 'and Hugging Face are apart by', found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('text')
    parser.add_argument('vision')
    parser.add_argument('out', nargs='?')
    parser.add_argument('--llamacpp', help='output of parity_llamacpp.c for this model, its weights dequantized to F32')
    parser.add_argument('--llamacpp-native', help='the same with the weights as they are')
    parser.add_argument('--bits', help='hash that tests/parity/test_types prints for this model')
    parser.add_argument('--keep', action='store_true', help='take the values of OUT, and only add what the options above give')
    parser.add_argument('--short', action='store_true', help='without the case of several tiles')
    parser.add_argument('--cases', action='store_true', help='print the cases for parity_llamacpp.c and stop')
    args = parser.parse_args()
    torch.set_grad_enabled(False)
    text, vision = reference.Weights(args.text), reference.Weights(args.vision)
    size, patch, scale = (vision.meta('clip.vision.' + k) for k in ('image_size', 'patch_size', 'projector.scale_factor'))
    cases = make_cases(make_tokenizer(text), text.meta('llama.vocab_size'), (size // patch // scale) ** 2)
    if args.short:
        cases = [case for case in cases if case['n_tiles'] < 2]
    if args.cases:
        print(max(case['n_tiles'] for case in cases), size, text.meta('tokenizer.ggml.tokens').index(IMAGE))
        for case in cases:
            print('prompt', len(case['prompt']), *case['prompt'])
            for option in case['options']:
                print('option', len(option), *option)
        return
    if args.keep:
        with open(args.out, encoding='utf-8') as file:
            result = json.load(file)
    else:
        computed = compute(text, vision, cases, size)
        result = {
            'generator': 'tests/golden/gen/parity.py',
            'versions': {name: importlib.metadata.version(name) for name in ('transformers', 'torch', 'tokenizers', 'numpy', 'gguf')},
            'text_sha256': text.sha256, 'vision_sha256': vision.sha256, 'samples': SAMPLES,
            **{k: v for k, v in computed.items() if k != 'cases'},
            'cases': [{**case, **one} for case, one in zip(cases, computed['cases'])]}
    for key, path in (('llamacpp', args.llamacpp), ('llamacpp_native', args.llamacpp_native)):
        if path:
            add_llamacpp(result, key, path)
    if args.bits:
        result['bits'] = args.bits
    with open(args.out, 'w', encoding='utf-8') as file:
        json.dump(result, file, separators=(',', ':'))
        file.write('\n')
    print(hashlib.sha256(open(args.out, 'rb').read()).hexdigest(), args.out)


if __name__ == '__main__':
    main()
