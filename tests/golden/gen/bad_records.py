"""Writes the bad run records under tests/bad/record, each with its expected status and a part of its sentence, and the
seeds of tests/fuzz/fuzz_record.c.
Python 3.11, standard library only. Run from the repository's root:

    python3 tests/golden/gen/bad_records.py

All log-probabilities are ones whose means and softmax are exact, so that the numbers of a line can be written by hand."""

import hashlib
import json
import os
import struct

RECIPE = {'answer': '{option}', 'image': 'normal', 'inferencer': 'ppl', 'limit': 0, 'name': 'ch3ef', 'query': '{question}'}
ASKED = {**RECIPE, 'free_text': 3}  # for free answers
TEXT, VISION, DATASET = 'aa' * 32, 'bb' * 32, 'cc' * 32


def bits(*values):
    return ''.join(struct.pack('>f', v).hex() for v in values)


def header(**changes):
    h = {'type': 'run', 'format': 1, 'engine': '0.1.0', 'build': {}, 'model': {'name': 'm', 'text': TEXT, 'vision': VISION},
         'dataset': {'name': 'd', 'id': DATASET}, 'recipe': RECIPE, 'samples': 2}
    h.update(changes)
    return h


def sample(name='a', **changes):
    """Two tokens of mean -1, and one of -3e9: softmax gives exactly 1."""
    s = {'type': 'sample', 'id': name, 'prediction': 0, 'tie': False, 'correct': True, 'confidence': 1,
         'scores': [-1, -3e9], 'bits': [bits(-0.5, -1.5), bits(-3e9)], 'seconds': 0.5}
    s.update(changes)
    return s


def answer(**changes):
    """Two tokens that are text, and the stop token."""
    a = {'bits': bits(-0.5, -1, 0), 'end': 'stop', 'text': ' Yes\n\u00e4', 'tokens': [5, 6, 2]}
    a.update(changes)
    return a


def hallmark(samples, recipe=None):
    text = ['assay 1', TEXT, VISION, DATASET, json.dumps(recipe or RECIPE, separators=(',', ':'), sort_keys=True)]
    for s in samples:
        text += [s['id']] + s['bits']
        if 'free_text' in s:
            text.append(json.dumps(s['free_text'], separators=(',', ':'), sort_keys=True, ensure_ascii=False))
    return hashlib.sha256(''.join(t + '\n' for t in text).encode()).hexdigest()


def end(lines, recipe=None, **changes):
    e = {'type': 'end', 'hallmark': hallmark(lines, recipe), 'samples': len(lines)}
    e.update(changes)
    return e


def text(*lines):
    return ''.join(json.dumps(line, separators=(',', ':')) + '\n' for line in lines).encode()


def answered(a, b):
    """A whole record with a free answer that stops by itself and one that is cut off."""
    a, b = {**a, 'free_text': answer()}, {**b, 'free_text': answer(end='length', text=' No way', tokens=[7, 8, 9])}
    return text(header(recipe=ASKED), a, b, end([a, b], ASKED))


def seeds():
    """Records over the dataset that fuzz_record.c makes: the same index and manifest."""
    entry = {'dimension': 'Honest', 'domain': 'd', 'images': [], 'options': ['x', 'y'], 'question': 'q'}
    lines = [{**entry, 'id': 'a', 'gold': [0], 'sight': False, 'task': 't'}, {**entry, 'id': 'b', 'gold': [1], 'sight': True, 'task': 'u'}]
    index = ''.join(json.dumps(line, separators=(',', ':'), sort_keys=True) + '\n' for line in lines).encode()
    manifest = {'format': 1, 'name': 'n', 'version': '1', 'licence': 'l', 'n_samples': 2, 'shards': [],
                'index': {'file': 'i', 'bytes': len(index), 'sha256': hashlib.sha256(index).hexdigest()}}
    global DATASET
    DATASET = hashlib.sha256(json.dumps(manifest, separators=(',', ':'), sort_keys=True).encode()).hexdigest()
    a, b = sample('a'), sample('b', scores=[-3e9, -2], bits=[bits(-3e9), bits(-1.5, -2.5)], prediction=1)
    folder = os.path.join('tests', 'fuzz', 'seeds', 'record')
    os.makedirs(folder, exist_ok=True)
    for name, content in (('whole.jsonl', text(header(), a, b, end([a, b]))), ('answers.jsonl', answered(a, b)), ('open.jsonl', text(header(), a)), ('header.jsonl', text(header()))):
        with open(os.path.join(folder, name), 'wb') as f:
            f.write(content)


def main():
    folder = os.path.join('tests', 'bad', 'record')
    os.makedirs(folder, exist_ok=True)
    expected = ['# file, status, part of the sentence']

    def add(name, content, status, part):
        with open(os.path.join(folder, name), 'wb') as f:
            f.write(content)
        expected.append(f'{name}\t{status}\t{part}')

    a, b = sample('a'), sample('b', scores=[-1, -1], bits=[bits(-1), bits(-2, 0)], tie=True, confidence=0.5, correct=False)
    good = text(header(), a, b, end([a, b]))
    add('good.jsonl', good, 'ok', '')
    add('empty.jsonl', b'', 'format', 'no whole line')
    add('cut_in_header.jsonl', good[:100], 'format', 'no whole line')
    add('cut_in_sample.jsonl', text(header(), a)[:-30], 'check', 'not finished: 0 of 2')
    add('no_end.jsonl', text(header(), a, b), 'check', 'not finished: 2 of 2')
    add('cut_in_end.jsonl', good[:-1], 'check', 'not finished: 2 of 2')
    add('end_too_early.jsonl', text(header(), a, end([a])), 'check', 'closes after 1 of 2')
    add('goes_on.jsonl', good + text(a), 'check', 'goes on behind')
    add('one_too_many.jsonl', text(header(), a, b, sample('c'), end([a, b, sample('c')])), 'check', 'closes after 3 of 2')
    add('no_header.jsonl', text(a, b), 'format', 'no header')
    add('not_json.jsonl', b'hello\n', 'format', 'record line 1: not valid JSON')
    add('broken_line.jsonl', text(header(), a)[:-10] + b'\n' + text(b, end([a, b])), 'format', 'record line 2: not valid JSON')
    add('array_line.jsonl', text(header(), [1]), 'format', 'neither a sample nor the end')
    add('format.jsonl', text(header(format=2)), 'unsupported', 'format 2')
    add('text_hash.jsonl', text(header(model={'name': 'm', 'text': '', 'vision': ''})), 'format', '"text" is not 64')
    add('vision_hash.jsonl', text(header(model={'name': 'm', 'text': TEXT, 'vision': 'x'})), 'format', '"vision" is not 64')
    add('dataset_hash.jsonl', text(header(dataset={'name': 'm', 'id': DATASET.upper()})), 'format', '"id" is not 64')
    add('recipe_lacks.jsonl', text(header(recipe={'name': 'x'})), 'format', 'the recipe lacks keys')
    add('recipe_unknown.jsonl', text(header(recipe={**RECIPE, 'shots': 3})), 'format', 'unknown key "shots"')
    add('recipe_text.jsonl', text(header(recipe='ch3ef')), 'format', '"recipe" is not an object')
    add('no_samples.jsonl', text(header(samples=0)), 'format', '"samples" is 0')
    for key in ('id', 'prediction', 'tie', 'correct', 'confidence', 'scores', 'bits', 'seconds'):
        less = sample()
        del less[key]
        add(f'no_{key}.jsonl', text(header(), less), 'format', f'"{key}" is missing')
    add('bits_short.jsonl', text(header(), sample(bits=['bf80000', 'bf800000'])), 'format', '"bits" are not')
    add('bits_upper.jsonl', text(header(), sample(bits=['BF800000', 'bf800000'])), 'format', '"bits" are not')
    add('bits_empty.jsonl', text(header(), sample(bits=['', 'bf800000'])), 'format', '"bits" are not')
    add('bits_nan.jsonl', text(header(), sample(bits=['7fc00000', 'bf800000'])), 'format', '"bits" are not')
    add('bits_infinite.jsonl', text(header(), sample(bits=['ff800000', 'bf800000'])), 'format', '"bits" are not')
    add('bits_number.jsonl', text(header(), sample(bits=[1, 2])), 'format', '"bits" are not')
    add('bits_one.jsonl', text(header(), sample(bits=['bf800000'])), 'format', '"bits" of 1 options')
    add('bits_many.jsonl', text(header(), sample(bits=['bf800000'] * 17)), 'limit', '"bits" has more than 16')
    add('scores.jsonl', text(header(), sample(scores=[-1.0000000000000002, -3e9])), 'check', 'scores do not follow')
    add('scores_many.jsonl', text(header(), sample(scores=[-1, -3e9, -1])), 'check', 'scores do not follow')
    add('scores_few.jsonl', text(header(), sample(scores=[-1])), 'check', 'scores do not follow')
    add('prediction.jsonl', text(header(), sample(prediction=1)), 'check', 'prediction, tie or confidence')
    add('tie.jsonl', text(header(), sample(tie=True)), 'check', 'prediction, tie or confidence')
    add('confidence.jsonl', text(header(), sample(confidence=0.9)), 'check', 'prediction, tie or confidence')
    add('seconds.jsonl', text(header(), sample(seconds=-1)), 'format', '"seconds" is -1')
    add('changed_bits.jsonl', text(header(), sample(bits=[bits(-1.5, -0.5), bits(-3e9)]), b, end([a, b])), 'check', 'hallmark does not follow')
    add('changed_id.jsonl', text(header(), sample('c'), b, end([a, b])), 'check', 'hallmark does not follow')
    add('changed_order.jsonl', text(header(), b, a, end([a, b])), 'check', 'hallmark does not follow')
    add('changed_model.jsonl', text(header(model={'name': 'm', 'text': 'dd' * 32, 'vision': VISION}), a, b, end([a, b])), 'check', 'hallmark does not follow')
    add('changed_recipe.jsonl', text(header(recipe={**RECIPE, 'image': 'grey'}), a, b, end([a, b])), 'check', 'hallmark does not follow')
    add('changed_hallmark.jsonl', text(header(), a, b, end([a, b], hallmark='00' * 32)), 'check', 'hallmark does not follow')
    add('changed_count.jsonl', text(header(), a, b, end([a, b], samples=3)), 'check', 'closes with 3 samples')
    # Free answers.
    def add_answer(name, status, part, **changes):
        add(f'answer_{name}.jsonl', text(header(recipe=ASKED), {**sample(), 'free_text': answer(**changes)}), status, part)

    add('answers.jsonl', answered(a, b), 'ok', '')
    add('answer_missing.jsonl', text(header(recipe=ASKED), a), 'format', '"free_text" is missing')
    add('answer_unasked.jsonl', text(header(), {**a, 'free_text': answer()}), 'check', 'the recipe asks for none')
    add('answer_text.jsonl', text(header(recipe=ASKED), {**a, 'free_text': 'Yes'}), 'format', '"free_text" is not an object')
    add('answer_recipe.jsonl', text(header(recipe={**RECIPE, 'free_text': 513})), 'format', '"free_text" is 513')
    add('answer_none.jsonl', text(header(recipe={**RECIPE, 'free_text': 0})), 'format', 'the recipe lacks keys')
    add('changed_answer.jsonl', answered(a, b).replace(b' No way', b' No day'), 'check', 'hallmark does not follow')
    add('changed_answer_bits.jsonl', answered(a, b).replace(bits(-0.5, -1, 0).encode(), bits(-1, -0.5, 0).encode(), 1), 'check', 'hallmark does not follow')
    add_answer('bits_few', 'format', '"bits" are not', bits=bits(-0.5, -1))
    add_answer('bits_nan', 'format', '"bits" are not', bits='7fc00000' * 3)
    add_answer('token_negative', 'format', 'not all ids', tokens=[5, -6, 2])
    add_answer('token_large', 'format', 'not all ids', tokens=[5, 2**31, 2])
    add_answer('tokens_many', 'limit', '"tokens" has more than 3', tokens=[5, 6, 7, 2])
    add_answer('tokens_none', 'format', 'it has no tokens', tokens=[], bits='', text='')
    add_answer('end_other', 'format', 'neither "stop" nor "length"', end='context')
    add_answer('length_short', 'check', 'after 2 of 3 tokens', end='length', tokens=[5, 6], bits=bits(-0.5, -1))
    add_answer('text_empty', 'check', "the text is not its tokens'", text='')
    add_answer('text_of_stop', 'check', "the text is not its tokens'", tokens=[2], bits=bits(0))
    add_answer('unknown_key', 'format', 'unknown key "score"', score=1)
    # What the hallmark leaves out may change: timing, build, engine, names.
    other = header(engine='9.9', build={'host': 'other'}, model={'name': 'x', 'text': TEXT, 'vision': VISION})
    add('other_timing.jsonl', text(other, {**a, 'seconds': 7}, b, end([a, b])), 'ok', '')
    with open(os.path.join(folder, 'expected.tsv'), 'w', encoding='utf-8') as f:
        f.write('\n'.join(expected) + '\n')


if __name__ == '__main__':
    main()
    seeds()
