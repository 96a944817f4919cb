// What a file that somebody opens or drops is, by its name and its keys: whether it is a good one is the core's to say.
// Pure: runs in Node.

/** @typedef {'encoder' | 'tokenizer' | 'values' | 'classifier' | 'concepts' | 'record' | 'labels'} FileKind */

/** @param {string} name @returns {FileKind | null} null: the content says it */
export function kindByName(name) {
  if (/\.(gguf|onnx)$/i.test(name)) return 'encoder';
  return /^(vocab\.txt|tokenizer\.json)$/i.test(name) ? 'tokenizer' : null;
}

/** @param {string} name @param {string} text @returns {FileKind} */
export function kindOf(name, text) {
  const byName = kindByName(name);
  if (byName) return byName;
  if (/\.json$/i.test(name)) return kindOfJson(text);
  return /^\s*\{"type"\s*:\s*"run"/.test(text) ? 'record' : 'labels';
}

/** @param {string} text @returns {FileKind} */
function kindOfJson(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'labels';
    if (value.kind === 'assay-classifier') return 'classifier';
    if ('threshold' in value && 'concepts' in value) return 'concepts';
    return Array.isArray(value.values) ? 'values' : 'labels';
  } catch {
    return 'labels'; // its reader says where it is broken
  }
}
