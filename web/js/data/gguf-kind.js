// Files that a person picked: which is the language model, which its vision tower. By the architecture that the file itself names
// near its start, else by its name; the engine checks everything when it loads them. Pure: runs in Node.

const HEAD = 65536; // bytes; the architecture is the first thing that writers of GGUF put down
const KEY = 'general.architecture';
const STRING = 8; // type of a metadata value
const MAX_VALUE = 64;

/** @typedef {{text: File[], vision: File | null}} PickedModel */

/** The architecture that the head of a GGUF file names, or ''. @param {Uint8Array} head */
export function architectureOf(head) {
  const latin = new TextDecoder('latin1').decode(head);
  if (!latin.startsWith('GGUF')) return '';
  const at = latin.indexOf(KEY) + KEY.length;
  if (at < KEY.length || at + 12 > head.length) return '';
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const length = view.getUint32(at + 4, true);
  if (view.getUint32(at, true) !== STRING || view.getUint32(at + 8, true) !== 0 || length > MAX_VALUE) return '';
  return latin.slice(at + 12, at + 12 + length);
}

/** @param {File} file @returns {Promise<'text' | 'vision'>} */
export async function kindOf(file) {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  if (new TextDecoder('latin1').decode(head.subarray(0, 4)) !== 'GGUF') throw new Error(`${file.name} is no GGUF file.`);
  const architecture = architectureOf(head);
  if (architecture !== '') return architecture === 'clip' ? 'vision' : 'text';
  return /^mmproj|[-_.]mmproj/i.test(file.name) ? 'vision' : 'text';
}

/** Number and count of a part of a split file, by its name. @param {string} name */
function partOf(name) {
  const match = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i.exec(name);
  return match ? { stem: match[1], part: Number(match[2]), count: Number(match[3]) } : null;
}

/**
 * Sorts files into one model; throws one sentence when they are none.
 * @param {readonly File[]} files
 * @returns {Promise<PickedModel>}
 */
export async function sortModelFiles(files) {
  /** @type {File[]} */
  const text = [];
  /** @type {File[]} */
  const vision = [];
  for (const file of files) ((await kindOf(file)) === 'vision' ? vision : text).push(file);
  if (text.length === 0) throw new Error('A language model is missing: choose it together with its vision file.');
  if (vision.length > 1) throw new Error(`There are two vision files, ${vision[0].name} and ${vision[1].name}: choose one.`);
  const parts = text.map(({ name }) => partOf(name));
  const [first] = parts;
  if (text.length > 1 && (!first || parts.some((part) => part?.stem !== first.stem || part.count !== first.count)))
    throw new Error(`There are two language models, ${text[0].name} and ${text[1].name}: choose one.`);
  if (first && new Set(parts.map((part) => part?.part)).size !== first.count)
    throw new Error(`${first.stem} is split into ${first.count} parts, and ${text.length} of them were chosen.`);
  text.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { text, vision: vision[0] ?? null };
}
