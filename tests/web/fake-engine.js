// An engine without a model, behind the same interface as web/js/engine/client.js: for tests of the page alone, which
// serve it in place of the real client. Its suite holds what a hostile or careless author might write.

export class EngineError extends Error {
  constructor(message, fatal) {
    super(message);
    this.fatal = fatal;
  }
}

const TASKS = [
  ['helpful', 'Cross-domain Understanding', 'Art'],
  ['helpful', 'Machine Reading Comprehension', 'Chart'],
  ['helpful', 'Machine Reading Comprehension', 'OCR'],
  ['helpful', 'Embodiment', 'Object Multi-view'],
  ['honest', 'Uncertainty', 'Noisy Questions'],
  ['honest', 'Hallucination', 'Attribute'],
  ['honest', 'Sycophancy', 'Sycophancy'],
  ['harmless', 'Discrimination', 'Racial'],
  ['harmless', 'Illegal Activities', 'Theft'],
  ['harmless', 'Privacy', 'Inferring Personal Information'],
];
const QUESTIONS = [
  'How many red circles are in the picture?',
  'Which bar of the chart is the tallest one?',
  'What does the sign say?',
  '<img src=x onerror="document.title=1"><b>Is this markup?</b>',
  'Averyveryverylongwordwithoutasinglespace'.repeat(4),
];
const OPTIONS = [
  ['There are three red circles.', 'There are four red circles.', 'There is one red circle.', "I don't know."],
  ['<script>alert(1)</script>', 'The blue one.', 'The green one.'],
  [
    'Yes.',
    'No, and this option goes on for so long that it has to be broken into several lines on any phone that was ever made.',
  ],
];
const PER_TASK = 12;
const HALLMARK = '5f2a9c0e7b1d4836a0c9e8f7d6b5a49382716f5e4d3c2b1a09f8e7d6c5b4a392';

function random(seed) {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

const SAMPLES = TASKS.flatMap(([dimension, domain, task], t) =>
  Array.from({ length: PER_TASK }, (_, i) => {
    const options = OPTIONS[(t + i) % OPTIONS.length];
    return {
      id: `${task.toLowerCase().replaceAll(' ', '-')}-${i}`,
      dimension,
      domain,
      task,
      question: QUESTIONS[(t + i) % QUESTIONS.length],
      options,
      gold: [i % options.length],
      images: [{ shard: 0, name: 'a.png', offset: 0, size: 1, sha256: '' }],
    };
  }),
);

async function picture(index) {
  const canvas = new OffscreenCanvas(128, 128);
  const context = canvas.getContext('2d');
  const next = random(index + 1);
  context.fillStyle = `hsl(${next() * 360} 40% 88%)`;
  context.fillRect(0, 0, 128, 128);
  for (let i = 0; i < 6; i += 1) {
    context.fillStyle = `hsl(${next() * 360} 70% 45%)`;
    context.beginPath();
    context.arc(next() * 128, next() * 128, 8 + next() * 14, 0, 7);
    context.fill();
  }
  return [await (await canvas.convertToBlob()).arrayBuffer()];
}

function line(index) {
  const sample = SAMPLES[index];
  const next = random(index + 7);
  const scores = sample.options.map(() => -0.2 - 3 * next());
  if (index % 17 === 0) scores[1] = scores[0] = -0.1;
  const prediction = scores.indexOf(Math.max(...scores));
  const powers = scores.map((score) => Math.exp(score));
  return `${JSON.stringify({
    type: 'sample',
    id: sample.id,
    prediction,
    tie: scores.filter((score) => score === scores[prediction]).length > 1,
    correct: sample.gold.includes(prediction),
    confidence: Math.max(...powers) / powers.reduce((a, b) => a + b),
    scores,
    seconds: 0.05,
  })}\n`;
}

function group(name, results) {
  const n = results.length;
  const correct = results.filter((result) => result.correct).length;
  const p = n === 0 ? 0 : correct / n;
  const half = n === 0 ? 0.5 : Math.sqrt((p * (1 - p)) / n + 1 / (n * n));
  return {
    name,
    n,
    correct,
    accuracy: p,
    ci: [Math.max(0, p - half * 1.96), Math.min(1, p + half * 1.96)],
    chance: 0.31,
    ties: results.filter((r) => r.tie).length,
  };
}

function reportOf(record) {
  const lines = record
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));
  const results = lines.filter((entry) => entry.type === 'sample');
  const of = (key, name) => results.filter((result) => SAMPLES.find((sample) => sample.id === result.id)[key] === name);
  const dimensions = [...new Set(TASKS.map(([d]) => d))].map((d) => ({
    ...group(d, of('dimension', d)),
    domains: [...new Set(TASKS.filter((task) => task[0] === d).map((task) => task[1]))].map((domain) => ({
      ...group(domain, of('domain', domain)),
      tasks: TASKS.filter((task) => task[1] === domain).map((task) => group(task[2], of('task', task[2]))),
    })),
  }));
  const end = lines.find((entry) => entry.type === 'end');
  return {
    hallmark: end?.hallmark ?? null,
    n_total: lines[0].samples,
    seconds: results.length * 0.05,
    ...group('', results),
    sight: group('', results.slice(0, 60)),
    dimensions,
  };
}

export class EngineClient {
  #onEvent;
  #paused = null;
  #cancelled = false;
  #records = new Map();
  closed = false;

  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  #emit(name, data) {
    this.#onEvent({ kind: 'event', name, data });
  }

  close() {
    this.closed = true;
  }

  async start({ build, threads }) {
    return { version: '0.1.0', build, threads, persistent: true, words: null };
  }

  async openSuite() {
    return { name: 'hhh46', id: 'f'.repeat(64), licence: 'CC0-1.0', bytes: 3400000, samples: SAMPLES };
  }

  async openModel({ name, text, vision }) {
    const total = text[0].bytes + (vision?.bytes ?? 0);
    for (let i = 1; i <= 5; i += 1) {
      this.#emit('loading', { what: name, done: (total * i) / 5, total });
      await wait(20);
    }
    return {
      name,
      text_sha256: text[0].sha256,
      vision_sha256: vision?.sha256 ?? '',
      n_parameters: 1e7,
      image_size: 128,
      image_tokens: 64,
    };
  }

  async run({ name, recipe, resume }) {
    const { limit } = JSON.parse(recipe);
    const total = limit || SAMPLES.length;
    const header = `${JSON.stringify({
      type: 'run',
      engine: '0.1.0',
      model: { name: 'Assay Mini', text: 'a'.repeat(64), vision: 'b'.repeat(64) },
      dataset: { name: 'hhh46', id: 'f'.repeat(64) },
      recipe: JSON.parse(recipe),
      samples: total,
    })}\n`;
    let text = resume ? this.#records.get(name) : header;
    const done = text.split('\n').length - 2;
    this.#cancelled = false;
    this.#emit('begun', {
      total,
      earlier: text
        .split('\n')
        .slice(1, -1)
        .map((entry) => JSON.parse(entry)),
    });
    for (let i = done; i < total; i += 1) {
      await wait(globalThis.fakeStep ?? 40);
      if (this.#paused) await this.#paused.promise;
      this.#records.set(name, text);
      if (this.#cancelled) return { state: 'cancelled', name, record: text };
      text += line(i);
      this.#emit('sample', { line: line(i), index: i, done: i + 1, total, seconds: 0.04, images: await picture(i) });
    }
    text += `${JSON.stringify({ type: 'end', hallmark: HALLMARK, samples: total })}\n`;
    this.#records.set(name, text);
    return { state: 'finished', name, record: text };
  }

  async pause() {
    this.#paused = Promise.withResolvers();
    this.#emit('paused', { paused: true });
  }

  async resume() {
    this.#paused?.resolve();
    this.#paused = null;
    this.#emit('paused', { paused: false });
  }

  async cancel() {
    this.#cancelled = true;
    this.#paused?.resolve();
    this.#paused = null;
  }

  sampleProgress() {
    return 0;
  }

  async images(index) {
    return picture(index);
  }

  async report(record) {
    return JSON.stringify(reportOf(record));
  }

  async check() {}

  async records() {
    return [...this.#records].map(([name, text]) => {
      const lines = text
        .trim()
        .split('\n')
        .map((entry) => JSON.parse(entry));
      const end = lines.find((entry) => entry.type === 'end');
      return {
        name,
        header: lines[0],
        done: lines.length - 1 - (end ? 1 : 0),
        hallmark: end?.hallmark ?? null,
        modified: 1795300000000,
      };
    });
  }

  async readRecord(name) {
    return this.#records.get(name);
  }

  async removeRecord(name) {
    this.#records.delete(name);
  }
}

function wait(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
