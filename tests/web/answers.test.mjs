// Free answers in the page's pure modules: the recipe that asks for them, the record's lines, what a sample shows.

import assert from 'node:assert/strict';
import { test } from '../harness.mjs';
import { ownWords } from '../../web/js/eval/options.js';
import { parseParams } from '../../web/js/eval/params.js';
import { describeRecipe, recipeJson } from '../../web/js/eval/recipe.js';
import { parseSampleLine } from '../../web/js/eval/record.js';

await test('the recipe that asks for answers says how long they may be, the others say nothing of it', () => {
  assert.deepEqual(JSON.parse(recipeJson('ch3ef-answers', 4)), {
    name: 'ch3ef-answers',
    image: 'normal',
    limit: 4,
    tile_edge: 1,
    free_text: 48,
  });
  for (const name of ['ch3ef', 'ch3ef-tiles', 'grey']) assert.ok(!recipeJson(name, 0).includes('free_text'), name);
  assert.deepEqual(parseParams('recipe=ch3ef-answers').problems, []);
  assert.match(describeRecipe({ name: 'ch3ef-answers', limit: 4 }), /own words, 4 samples$/);
});

const sample = { type: 'sample', id: 's1', prediction: 0, tie: false, correct: true, confidence: 0.6, scores: [-1, -2], bits: ['00', '00'], seconds: 0.1 };
const answer = { bits: '00', end: 'stop', text: ' <b>A dog.</b>', tokens: [1, 2] };
/** @param {unknown} free_text */
const line = (free_text) => JSON.stringify({ ...sample, free_text });

await test('a free answer is part of a line, or absent; anything else is no sample', () => {
  assert.equal(parseSampleLine(line(answer)).free_text?.text, ' <b>A dog.</b>');
  assert.equal(parseSampleLine(JSON.stringify(sample)).free_text, undefined);
  for (const bad of [null, 'A dog.', [], {}, { text: 1, end: 'stop' }, { text: 'a' }, { text: 'a', end: 'context' }])
    assert.throws(() => parseSampleLine(line(bad)), /not a sample/, JSON.stringify(bad));
});

await test('what was cut off and what is empty is said', () => {
  assert.deepEqual(ownWords({ text: ' A dog.', end: 'stop' }), { text: 'A dog.', note: '' });
  assert.match(ownWords({ text: ' A dog and', end: 'length' }).note, /Cut off/);
  assert.deepEqual(ownWords({ text: '', end: 'stop' }), { text: '', note: 'Nothing: it stopped at once.' });
});
