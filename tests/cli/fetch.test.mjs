// Getting models with the program, natively and in Node, from a server that does everything wrong: the exit code, the one sentence,
// and what is left on the disk.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hostileServer, noise } from '../aids/hostile-server.mjs';
import { skip, test } from '../harness.mjs';
import { splitGguf } from './split-gguf.mjs';

const SIZE = 300000;
const NAME = 'a-model.gguf';
const AT_ONCE = 4;

/** @typedef {import('../aids/hostile-server.mjs').Step} Step */
/** @typedef {{name: string, command: string[]}} Program */
/** @typedef {{code: number | null, stdout: string, stderr: string}} Outcome */

const folder = mkdtempSync(join(tmpdir(), 'assay-fetch-'));
const server = await hostileServer();
const body = noise(SIZE), other = noise(SIZE, 2);
/** @type {Program[]} */
const programs = [
  { name: 'native', command: [resolve('build/assay')] },
  { name: 'Node', command: [process.execPath, resolve('build/node/assay.mjs')] },
];

/** @param {string | Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Runs a command to its end, while this process goes on serving.
 * @param {string[]} command @param {{cwd?: string, env?: Record<string, string>, stopWhen?: () => boolean}} [how] @returns {Promise<Outcome>} */
function run(command, { cwd, env = {}, stopWhen } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command[0], command.slice(1), { cwd, env: { ...process.env, ASSAY_CACHE: join(folder, 'no-cache'), ...env } });
    let stdout = '', stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    const watch = stopWhen && setInterval(() => {
      if (!stopWhen()) return;
      clearInterval(watch);
      child.kill('SIGINT');
    }, 20);
    child.on('error', fail);
    child.on('close', (code) => {
      clearInterval(watch);
      done({ code, stdout, stderr: stderr.replace(/^a-model\.gguf {2}.*\n/gm, '') }); // without lines of progress
    });
  });
}

let caches = 0;
const newCache = () => join(folder, `cache-${(caches += 1)}`);

/** Where the file of a URL lies in a cache. @param {string} cache */
function placeOf(cache) {
  const [place] = existsSync(join(cache, 'urls')) ? readdirSync(join(cache, 'urls')) : [];
  return join(cache, 'urls', place ?? 'none', NAME);
}

/** Bytes of a part that is coming in: unlike leftAt, of a file that changes under one's eyes. @param {string} path */
const partAt = (path) => statSync(`${path}.part`, { throwIfNoEntry: false })?.size ?? 0;

/** What is left of a download: 'whole', 'nothing', or the bytes of its part. @param {string} path */
function leftAt(path) {
  const part = existsSync(`${path}.part`);
  if (existsSync(path)) {
    assert.ok(!part && !existsSync(`${path}.part.from`), 'a part lies beside the finished file');
    const bytes = readFileSync(path);
    assert.equal(readFileSync(`${path}.sha256`, 'utf8'), `${sha256(bytes)}  ${NAME}\n`);
    return 'whole';
  }
  assert.ok(!existsSync(`${path}.sha256`));
  if (part) return readFileSync(`${path}.part`).length;
  assert.ok(!existsSync(`${path}.part.from`));
  return 'nothing';
}

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {Step[]} steps
 * @property {string[]} [args]
 * @property {number} [code]     0
 * @property {RegExp} [says]     the one line of standard error; of a success nothing but the note about the hash
 * @property {'whole' | 'nothing' | 'part'} [left]   whole
 * @property {Uint8Array} [got]  what the whole file has to be
 * @property {(seen: import('../aids/hostile-server.mjs').Seen[]) => void} [check]
 */

const hash = ['--sha256', sha256(body)];
const ranges = (/** @type {import('../aids/hostile-server.mjs').Seen[]} */ seen) => seen.map(({ range }) => range ?? '');
const goesOn = (/** @type {import('../aids/hostile-server.mjs').Seen[]} */ seen) => {
  assert.match(ranges(seen)[1], /^bytes=[1-9]\d*-$/);
  assert.equal(seen[1].ifRange, '"one"');
};

/** @type {Case[]} */
const cases = [
  { name: 'a good server', steps: [{}], check: (seen) => assert.deepEqual(ranges(seen), ['']) },
  { name: 'no length announced', steps: [{ chunked: true }] },
  { name: 'a slow server', steps: [{ pause: 30 }] },
  { name: 'a cut connection goes on where it broke', steps: [{ cut: 100000 }, {}], args: hash, check: goesOn },
  { name: 'three cuts', steps: [{ cut: 100000 }, { cut: 80000 }, { cut: 10 }, {}], check: (seen) => assert.equal(seen.length, 4) },
  { name: 'cuts that bring next to nothing', steps: [{ cut: 100 }], code: 2, left: 'part', says: /could not be fetched: .+, at 500 of 300000 bytes, which are kept \(5 tries, http/ },
  { name: 'a server that announces more than it has', steps: [{ length: SIZE + 1000 }], code: 2, left: 'part', says: /could not be fetched: / },
  { name: 'a server that announces less than it has', steps: [{ length: SIZE - 1000 }], args: hash, code: 3, left: 'nothing', says: /sha256 is [0-9a-f]{64}, it has to be [0-9a-f]{64}; removed/ },
  { name: 'ranges ignored', steps: [{ cut: 100000 }, { noRange: true }], args: hash, check: goesOn },
  { name: 'another range than asked for', steps: [{ cut: 100000 }, { shift: 5 }, {}], check: (seen) => assert.equal(ranges(seen)[2], '') },
  { name: 'no range is satisfiable', steps: [{ cut: 100000 }, { no416: true }, {}], check: (seen) => assert.equal(ranges(seen)[2], '') },
  { name: 'a wrong byte', steps: [{ flip: 200000 }], args: hash, code: 3, left: 'nothing', says: new RegExp(`${NAME}: sha256 is [0-9a-f]{64}, it has to be ${sha256(body)}; removed`) },
  { name: 'another version between two tries', steps: [{ cut: 100000 }, { body: other, etag: '"two"' }], got: other, check: goesOn },
  { name: 'another version, and If-Range ignored', steps: [{ cut: 100000 }, { body: other, etag: '"two"', blind: true }], got: other, check: (seen) => assert.equal(ranges(seen)[2], '') },
  { name: 'another version by its date', steps: [{ cut: 100000, etag: '', modified: 'Sat, 21 Nov 2026 10:00:00 GMT' }, { body: other, etag: '', modified: 'Sun, 22 Nov 2026 10:00:00 GMT' }], got: other },
  { name: 'no mark of a version: from the start, unless the hash is known', steps: [{ cut: 100000, etag: '' }, {}], check: (seen) => assert.match(ranges(seen)[1], /^bytes=/) },
  { name: 'a redirect', steps: [{ redirect: 'other/b.gguf' }] },
  { name: 'redirects in a circle', steps: [{ redirect: '?again' }], code: 2, left: 'nothing', says: /could not be fetched: .*redirects/i, check: (seen) => assert.equal(seen.length, 6) },
  { name: 'a redirect to a file of this machine', steps: [{ redirect: 'file:///etc/passwd' }], code: 2, left: 'nothing', says: /could not be fetched: / },
  { name: 'not found', steps: [{ status: 404 }], code: 2, left: 'nothing', says: new RegExp(`${NAME} could not be fetched: the server answered 404 \\(http`), check: (seen) => assert.equal(seen.length, 1) },
  { name: 'forbidden', steps: [{ status: 403 }], code: 2, left: 'nothing', says: /the server answered 403/, check: (seen) => assert.equal(seen.length, 1) },
  { name: 'a server that stumbles twice', steps: [{ status: 500 }, { status: 503 }, {}], check: (seen) => assert.equal(seen.length, 3) },
  { name: 'a server that stays down', steps: [{ status: 503 }], code: 2, left: 'nothing', says: /the server answered 503 \(5 tries/, check: (seen) => assert.equal(seen.length, 5) },
  { name: 'a server that falls silent', steps: [{ stall: 100000 }, {}], args: ['--patience', '3'], check: goesOn },
];

/** @param {Program} program @param {Case} one @param {number} i */
async function tryCase(program, { name, steps, args = [], code = 0, says, left = 'whole', got = body, check }, i) {
  const path = `/${program.name}/${i}/${NAME}`;
  const url = server.put(path, body, steps);
  server.put(`/${program.name}/${i}/other/b.gguf`, body);
  const cache = newCache();
  const outcome = await run([...program.command, 'model', 'get', url, '--cache', cache, ...args]);
  const told = `${name}: exit ${outcome.code}: ${outcome.stderr}`;
  assert.equal(outcome.code, code, told);
  const place = placeOf(cache), there = leftAt(place);
  assert.equal(typeof there === 'number' ? 'part' : there, left, told);
  if (code === 0) {
    assert.equal(outcome.stdout, `${sha256(got)}  ${place}\n`, told);
    assert.equal(sha256(readFileSync(place)), sha256(got), told);
    const note = args.includes('--sha256') ? '' : `assay: the hash of ${NAME} was not known; from now on it is this one\n`;
    assert.equal(outcome.stderr, note, told);
  } else {
    assert.equal(outcome.stdout, '', told);
    assert.match(outcome.stderr, /^assay: [^\n]+\n$/, told);
    assert.match(outcome.stderr, says ?? /never/, told);
  }
  check?.(server.seen(path));
}

/** A few at a time. @template T @param {readonly T[]} items @param {(item: T, i: number) => Promise<void>} use */
async function each(items, use) {
  const queue = items.map((item, i) => ({ item, i }));
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await use(next.item, next.i);
  }));
}

/** @param {Program} program */
async function networkOf({ command }) {
  const { stderr } = await run([...command, 'model', 'get', server.put('/probe/x.gguf', body), '--cache', newCache(), '--quiet']);
  return !/has no network/.test(stderr);
}

/** A list of models in a folder of its own, from which the program is called: with one model on the server.
 * @param {string} base  where its files are served @param {Uint8Array} text @param {Uint8Array} vision @param {boolean} [lies] */
function writeList(base, text, vision, lies = false) {
  const home = mkdtempSync(join(folder, 'home-'));
  mkdirSync(join(home, 'data'));
  const file = (/** @type {string} */ name, /** @type {Uint8Array} */ bytes) => ({ url: `${server.url}${base}/${name}`, bytes: bytes.length + (lies ? 1 : 0), sha256: sha256(bytes) });
  const models = [{ id: 'small', name: 'Small', kind: 'multimodal', licence: 'MIT', text: file(NAME, text), vision: file(`mmproj-${NAME}`, vision) }];
  writeFileSync(join(home, 'data/models.json'), JSON.stringify({ format: 1, models }));
  return home;
}

try {
  for (const program of programs) {
    const { name, command } = program;
    const online = await networkOf(program);
    /** @param {string} what @param {() => Promise<void>} use */
    const check = (what, use) => test(`${name}: ${what}`, async () => {
      if (!online) skip('this build has no network');
      await use();
    });

    await check('every kind of bad server', async () => {
      /** @type {string[]} */
      const faults = [];
      await each(cases, (one, i) => tryCase(program, one, i).catch((error) => { faults.push(`${one.name}: ${error.message}`); }));
      assert.deepEqual(faults, []);
    });

    await check('a part goes on at the next call, of this address alone', async () => {
      const cache = newCache();
      const url = server.put(`/${name}/later/${NAME}`, body, [{ cut: 150000 }, { status: 404 }, {}]);
      assert.equal((await run([...command, 'model', 'get', url, '--cache', cache])).code, 2);
      const place = placeOf(cache), part = leftAt(place);
      assert.ok(Number(part) > 0 && Number(part) <= 150000);
      const second = await run([...command, 'model', 'get', url, '--cache', cache, ...hash]);
      assert.equal(second.code, 0, second.stderr);
      assert.equal(server.seen(`/${name}/later/${NAME}`)[2].range, `bytes=${part}-`);
      assert.equal(sha256(readFileSync(place)), sha256(body));

      rmSync(place);
      writeFileSync(`${place}.part`, noise(1000, 9));
      writeFileSync(`${place}.part.from`, 'http://127.0.0.1/another.gguf\n"one"\n');
      assert.equal((await run([...command, 'model', 'get', url, '--cache', cache])).code, 0);
      assert.equal(server.seen(`/${name}/later/${NAME}`)[3].range, undefined);
      assert.equal(sha256(readFileSync(place)), sha256(body));
    });

    await check('a part that was spoilt meanwhile is found out by the hash', async () => {
      const cache = newCache();
      const url = server.put(`/${name}/spoilt/${NAME}`, body, [{ cut: 150000 }, { status: 404 }, {}]);
      await run([...command, 'model', 'get', url, '--cache', cache]);
      const place = placeOf(cache), part = readFileSync(`${place}.part`);
      part[10] ^= 1;
      writeFileSync(`${place}.part`, part);
      const spoilt = await run([...command, 'model', 'get', url, '--cache', cache, ...hash]);
      assert.equal(spoilt.code, 3, spoilt.stderr);
      assert.equal(leftAt(place), 'nothing');
      assert.equal((await run([...command, 'model', 'get', url, '--cache', cache, ...hash])).code, 0);
      assert.equal(leftAt(place), 'whole');
    });

    await check('what is there is compared, not fetched; what has changed is fetched again', async () => {
      const cache = newCache();
      const url = server.put(`/${name}/again/${NAME}`, body);
      const get = () => run([...command, 'model', 'get', url, '--cache', cache]);
      await get();
      const place = placeOf(cache);
      assert.deepEqual(await get(), { code: 0, stdout: `${sha256(body)}  ${place}\n`, stderr: '' });
      assert.equal(server.seen(`/${name}/again/${NAME}`).length, 1);
      const changed = readFileSync(place);
      changed[5] ^= 1;
      writeFileSync(place, changed);
      const again = await get();
      assert.equal(again.code, 0, again.stderr);
      assert.match(again.stderr, /has changed since it came; it is fetched again/);
      assert.equal(sha256(readFileSync(place)), sha256(body));
    });

    await check('Ctrl-C keeps what came in', async () => {
      const cache = newCache();
      const path = `/${name}/stop/${NAME}`;
      const url = server.put(path, body, [{ stall: 100000 }, {}]); // it cannot be over before it is stopped
      const stopWhen = () => partAt(placeOf(cache)) > 40000;
      const stopped = await run([...command, 'model', 'get', url, '--cache', cache], { stopWhen });
      assert.equal(stopped.code, 130, stopped.stderr);
      assert.equal(stopped.stderr, 'assay: stopped; the same call goes on with what came in\n');
      assert.equal(typeof leftAt(placeOf(cache)), 'number');
      assert.equal((await run([...command, 'model', 'get', url, '--cache', cache, ...hash])).code, 0);
      assert.match(String(server.seen(path)[1].range), /^bytes=[1-9]/);
    });

    if (name === 'native') await check('two programs do not fetch the same file at once', async () => {
      const cache = newCache();
      let goOn = () => {};
      /** @type {Promise<void>} */
      const until = new Promise((resolve) => { goOn = resolve; });
      const url = server.put(`/${name}/twice/${NAME}`, body, [{ stall: 100000, until }]);
      const first = run([...command, 'model', 'get', url, '--cache', cache]);
      let ended = false;
      void first.finally(() => { ended = true; });
      while (!ended && partAt(placeOf(cache)) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const second = await run([...command, 'model', 'get', url, '--cache', cache]);
      goOn();
      assert.equal(second.code, 2);
      assert.match(second.stderr, /^assay: .*a-model\.gguf\.part: another program is fetching it\n$/);
      assert.equal((await first).code, 0);
      assert.equal(sha256(readFileSync(placeOf(cache))), sha256(body));
    });

    await check('a full disk is one sentence, and what came in stays', async () => {
      const cache = newCache();
      const url = server.put(`/${name}/full/${NAME}`, body);
      const limited = ['bash', '-c', 'trap "" XFSZ; ulimit -f 100; exec "$@"', 'bash', ...command, 'model', 'get', url, '--cache', cache, '--quiet'];
      const full = await run(limited);
      assert.equal(full.code, 2, full.stderr);
      assert.match(full.stderr, /^assay: .*large.* after \d+ bytes; what came in is kept, the same call goes on with it\n$/i);
      assert.ok(Number(leftAt(placeOf(cache))) <= 102400 && Number(leftAt(placeOf(cache))) > 0);
      assert.equal((await run([...command, 'model', 'get', url, '--cache', cache, ...hash])).code, 0);
    });

    await check('a known model: listed, fetched, run by its id, and kept to what the list says', async () => {
      const model = join(folder, `${name}-${NAME}`), vision = join(folder, `mmproj-${name}-${NAME}`), data = join(folder, `${name}-data`);
      assert.equal((await run([programs[0].command[0], 'model', 'random', model, '--preset', 'tiny'])).code, 0);
      assert.equal((await run([programs[0].command[0], 'gen', 'hhh46', '--n', '1', '--out', data])).code, 0);
      const text = readFileSync(model), eyes = readFileSync(vision);
      const base = `/${name}/known`;
      server.put(`${base}/${NAME}`, text, [{ cut: 70000 }, {}]);
      server.put(`${base}/mmproj-${NAME}`, eyes);
      const cwd = writeList(base, text, eyes), cache = newCache();
      const call = (/** @type {string[]} */ ...args) => run([...command, ...args], { cwd, env: { ASSAY_CACHE: cache } });
      const evaluate = ['run', '--data', data, '--limit', '1', '--threads', '1', '--quiet', '--json'];
      const list = async () => JSON.parse((await call('model', 'list', '--json')).stdout)[0];

      const absent = await call(...evaluate, '--model', 'small', '--offline');
      assert.deepEqual([absent.code, absent.stdout], [2, '']);
      assert.match(absent.stderr, /^assay: a-model\.gguf is not in the cache, and --offline forbids to fetch it\n$/);
      assert.deepEqual(await list(), { id: 'small', name: 'Small', kind: 'multimodal', licence: 'MIT', bytes: text.length + eyes.length, there: 0, bundled: false, here: false });
      const nobody = await call(...evaluate, '--model', 'nobody');
      assert.equal(nobody.code, 2);
      assert.match(nobody.stderr, /^assay: nobody: neither a file nor a known model; assay model list names them\n$/);
      assert.equal(server.seen(`${base}/${NAME}`).length, 0, 'something was fetched');

      const fetched = await call(...evaluate, '--model', 'small');
      assert.equal(fetched.code, 0, fetched.stderr);
      const direct = await run([...command, ...evaluate, '--model', model]);
      assert.equal(JSON.parse(fetched.stdout).hallmark, JSON.parse(direct.stdout).hallmark);
      assert.equal((await list()).here, true);
      assert.match((await call('model', 'list')).stdout, /^small +multimodal +\d.* in the cache +MIT +Small$/m);
      const place = join(cache, 'models/small', NAME);
      const got = await call('model', 'get', 'small');
      assert.equal(got.stdout, `${sha256(text)}  ${place}\n${sha256(eyes)}  ${join(cache, 'models/small', `mmproj-${NAME}`)}\n`, got.stderr);
      assert.equal(server.seen(`${base}/mmproj-${NAME}`).length, 1);
      const offline = await call(...evaluate, '--model', 'small', '--offline');
      assert.equal(JSON.parse(offline.stdout).hallmark, JSON.parse(direct.stdout).hallmark);

      rmSync(`${place}.sha256`); // as if somebody had put the file there
      assert.equal((await call(...evaluate, '--model', 'small', '--offline')).code, 0);
      assert.equal(readFileSync(`${place}.sha256`, 'utf8'), `${sha256(text)}  ${NAME}\n`);

      truncateSync(place, 1000);
      assert.equal((await call(...evaluate, '--model', 'small')).code, 0);
      assert.equal(sha256(readFileSync(place)), sha256(text));
      copyFileSync(model, place);
      const spoilt = readFileSync(place);
      spoilt[spoilt.length - 3] ^= 64;
      writeFileSync(place, spoilt);
      const wrong = await call(...evaluate, '--model', 'small');
      assert.equal(wrong.code, 3, wrong.stderr);
      assert.match(wrong.stderr, /^assay: .*a-model\.gguf: sha256 is [0-9a-f]{64}, it has to be [0-9a-f]{64}\n$/);
    });

    await check('a known model in parts, run by its id', async () => {
      const whole = join(folder, `${name}-whole.gguf`), data = join(folder, `${name}-data`), home = mkdtempSync(join(folder, 'home-'));
      assert.equal((await run([programs[0].command[0], 'model', 'random', whole, '--preset', 'tiny'])).code, 0);
      const names = ['p-00001-of-00003.gguf', 'p-00002-of-00003.gguf', 'p-00003-of-00003.gguf'];
      const parts = splitGguf(readFileSync(whole), 3), eyes = readFileSync(join(folder, `mmproj-${name}-whole.gguf`));
      const file = (/** @type {string} */ part, /** @type {Uint8Array} */ bytes) => {
        writeFileSync(join(home, part), bytes);
        return { url: server.put(`/${name}/parts/${part}`, bytes), bytes: bytes.length, sha256: sha256(bytes) };
      };
      const models = [{ id: 'p', name: 'P', kind: 'multimodal', licence: 'MIT', text: names.map((part, i) => file(part, parts[i])), vision: file('eyes.gguf', eyes) }];
      mkdirSync(join(home, 'data'));
      writeFileSync(join(home, 'data/models.json'), JSON.stringify({ format: 1, models }));
      const evaluate = ['run', '--data', data, '--limit', '1', '--threads', '1', '--quiet', '--json', '--cache', join(home, 'cache'), '--model'];
      const known = await run([...command, ...evaluate, 'p'], { cwd: home });
      assert.equal(known.code, 0, known.stderr);
      const direct = await run([...command, ...evaluate, join(home, names[0]), '--vision', join(home, 'eyes.gguf')]);
      assert.equal(JSON.parse(known.stdout).hallmark, JSON.parse(direct.stdout).hallmark);
      assert.deepEqual(readdirSync(join(home, 'cache/models/p')).filter((part) => part.endsWith('.gguf')).sort(), ['eyes.gguf', ...names]);
    });

    await check('the list says how long a file is: more, less and no end are refused', async () => {
      for (const [where, steps, says] of /** @type {[string, Step[], RegExp][]} */ ([
        ['longer', [{}], /a-model\.gguf: the server offers 300000 bytes, it has to be 300001\n$/],
        ['endless', [{ endless: true, chunked: true }], /a-model\.gguf: the server sends more than its 300001 bytes\n$/],
        ['huge', [{ endless: true }], /a-model\.gguf: the server offers 1099511627776 bytes, it has to be 300001\n$/],
      ])) {
        const base = `/${name}/${where}`, cache = newCache();
        server.put(`${base}/${NAME}`, body, steps);
        const { code, stdout, stderr } = await run([...command, 'model', 'get', 'small', '--cache', cache], { cwd: writeList(base, body, body, true) });
        assert.deepEqual([code, stdout], [2, ''], stderr);
        assert.match(stderr, says);
        assert.equal(leftAt(join(cache, 'models/small', NAME)), 'nothing');
      }
    });

    await test(`${name}: calls that cannot be`, async () => {
      /** @type {[string[], number, RegExp][]} */
      const bad = [
        [['ftp://localhost/a.gguf'], 1, /not an address of http or https/],
        [['http://me:secret@localhost/a.gguf'], 1, /^assay: an address with a user name or password in it is not fetched\n$/],
        [['http://localhost/'], 1, /does not end in a file name/],
        [['http://localhost/.gguf'], 1, /does not end in a file name/],
        [['http:///a.gguf'], 1, /names no server/],
        [['http://localhost/a b.gguf'], 1, /blanks in an address/],
        [['http://localhost/a.gguf', '--sha256', 'abc'], 1, /abc is not 64 hex digits/],
        [['nothing'], 1, /nothing is neither a known model nor an address/],
        [['assay-mini', '--sha256', sha256('')], 1, /--sha256 needs an address/],
        [[], 1, /something is missing/],
        [['a', '--patience', '0'], 1, /0 is not a whole number/],
      ];
      for (const [args, code, says] of bad) {
        const { code: got, stdout, stderr } = await run([...command, 'model', 'get', ...args]);
        assert.deepEqual([got, stdout], [code, ''], stderr);
        assert.match(stderr, /^assay: [^\n]+\n$/);
        assert.match(stderr, says);
      }
      const help = await run([...command, 'model', 'get', '--help']);
      assert.equal(help.code, 0);
      assert.match(help.stdout, /^usage: assay model get ID\|URL/);
      const mini = await run([...command, 'model', 'get', 'assay-mini']);
      assert.equal(mini.code, 0, mini.stderr);
      assert.match(mini.stdout, /^[0-9a-f]{64} {2}.*assay-mini-Q8_0\.gguf\n[0-9a-f]{64} {2}.*mmproj-assay-mini-Q8_0\.gguf\n$/);
    });
  }
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
