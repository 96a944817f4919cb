// A BERT encoder as ONNX in the usual export form, input_ids, attention_mask, token_type_ids [batch, sequence] int64 ->
// last_hidden_state [batch, sequence, dim] float32. Weights are stored as halves with a Cast behind each. The graph is that of
// tests/golden/gen/onnx_encoder.py, written down as protocol buffers (onnx.proto3) by hand, so that no Python library is needed.

const FLOAT = 1;
const INT64 = 7;
const FLOAT16 = 10;

function varint(n) {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Buffer.from([...bytes, n]);
}

/** A field: a number as it is; bytes, text or a message (a list of fields) with its length. */
function field(id, value) {
  if (typeof value === 'number') return Buffer.concat([varint(8 * id), varint(value)]);
  const bytes = Array.isArray(value) ? Buffer.concat(value) : Buffer.from(value);
  return Buffer.concat([varint(8 * id + 2), varint(bytes.length), bytes]);
}

const float32 = (x) => { const b = Buffer.alloc(4); b.writeFloatLE(x); return b; };
const int64s = (list) => { const b = Buffer.alloc(8 * list.length); list.forEach((n, i) => b.writeBigInt64LE(BigInt(n), 8 * i)); return b; };

const ATTRIBUTE = {
  int: (name, v) => [field(1, name), field(3, v), field(20, 2)],
  float: (name, v) => [field(1, name), Buffer.concat([varint(8 * 2 + 5), float32(v)]), field(20, 1)],
  ints: (name, v) => [field(1, name), ...v.map((n) => field(8, n)), field(20, 7)],
};

function valueInfo(name, type, shape) {
  const dims = shape.map((size) => field(1, [typeof size === 'number' ? field(1, size) : field(2, size)]));
  return [field(1, name), field(2, [field(1, [field(1, type), field(2, dims)])])];
}

/** Nodes in order; each call gives the name of what it computes. */
class Graph {
  nodes = [];
  weights = [];
  #n = 0;

  op(kind, inputs, attributes = {}, name = `t${++this.#n}`) {
    const list = Object.entries(attributes).map(([key, [type, value]]) => field(5, ATTRIBUTE[type](key, value)));
    this.nodes.push(field(1, [...inputs.map((input) => field(1, input)), field(2, name), field(4, kind), ...list]));
    return name;
  }

  tensor(type, dims, data, name = `c${++this.#n}`) {
    this.weights.push(field(5, [...dims.map((size) => field(1, size)), field(2, type), field(8, name), field(9, data)]));
    return name;
  }

  ints(list) { return this.tensor(INT64, [list.length], int64s(list)); }
  int(n) { return this.tensor(INT64, [], int64s([n])); }
  float(x) { return this.tensor(FLOAT, [], float32(x)); }
}

/** Columns to rows. @param {Float32Array} values @param {number[]} shape */
function transposed(values, [rows, columns]) {
  const out = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c];
  return out;
}

/**
 * @param {{hidden_size: number, num_attention_heads: number, num_hidden_layers: number, layer_norm_eps: number}} config
 * @param {Map<string, {shape: number[], values: Float32Array}>} tensors  by their names in the checkpoint
 * @param {(values: Float32Array) => Buffer} toHalf
 */
export function bertToOnnx(config, tensors, toHalf) {
  const [dim, heads] = [config.hidden_size, config.num_attention_heads];
  const g = new Graph();
  const weight = (name, turn = false) => {
    const { shape, values } = tensors.get(name) ?? (() => { throw new Error(`the checkpoint has no ${name}`); })();
    const data = toHalf(turn ? transposed(values, shape) : values);
    return g.op('Cast', [g.tensor(FLOAT16, turn ? [...shape].reverse() : shape, data, name)], { to: ['int', FLOAT] });
  };
  const linear = (x, name) => g.op('Add', [g.op('MatMul', [x, weight(`${name}.weight`, true)]), weight(`${name}.bias`)]);
  const norm = (x, name, out) => g.op('LayerNormalization', [x, weight(`${name}.weight`), weight(`${name}.bias`)],
    { axis: ['int', 2], epsilon: ['float', config.layer_norm_eps] }, out);
  const rows = (table, indices) => g.op('Gather', [weight(`embeddings.${table}_embeddings.weight`), indices], { axis: ['int', 0] });

  const [zero, one] = [g.int(0), g.int(1)];
  const length = g.op('Gather', [g.op('Shape', ['input_ids']), one], { axis: ['int', 0] });
  let x = g.op('Add', [rows('word', 'input_ids'), rows('token_type', 'token_type_ids')]);
  x = norm(g.op('Add', [x, rows('position', g.op('Range', [zero, length, one]))]), 'embeddings.LayerNorm');
  const seen = g.op('Cast', [g.op('Unsqueeze', ['attention_mask', g.ints([1, 2])])], { to: ['int', FLOAT] });
  const mask = g.op('Mul', [g.op('Sub', [g.float(1), seen]), g.float(-3.4028234663852886e38)]);
  const apart = g.ints([0, 0, heads, dim / heads]);
  const together = g.ints([0, 0, dim]);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const at = `encoder.layer.${i}.`;
    const input = x;
    const part = (name, perm) => g.op('Transpose', [g.op('Reshape', [linear(input, `${at}attention.self.${name}`), apart])], { perm: ['ints', perm] });
    const scores = g.op('Div', [g.op('MatMul', [part('query', [0, 2, 1, 3]), part('key', [0, 2, 3, 1])]), g.float(Math.sqrt(dim / heads))]);
    const shares = g.op('Softmax', [g.op('Add', [scores, mask])], { axis: ['int', 3] });
    const mixed = g.op('Transpose', [g.op('MatMul', [shares, part('value', [0, 2, 1, 3])])], { perm: ['ints', [0, 2, 1, 3]] });
    const out = linear(g.op('Reshape', [mixed, together]), `${at}attention.output.dense`);
    x = norm(g.op('Add', [out, x]), `${at}attention.output.LayerNorm`);
    const up = linear(x, `${at}intermediate.dense`);
    const erf = g.op('Add', [g.op('Erf', [g.op('Div', [up, g.float(Math.SQRT2)])]), g.float(1)]);
    const gelu = g.op('Mul', [g.op('Mul', [up, erf]), g.float(0.5)]);
    const last = i === config.num_hidden_layers - 1 ? 'last_hidden_state' : undefined;
    x = norm(g.op('Add', [linear(gelu, `${at}output.dense`), x]), `${at}output.LayerNorm`, last);
  }
  const shape = ['batch_size', 'sequence_length'];
  const inputs = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => field(11, valueInfo(name, INT64, shape)));
  const output = field(12, valueInfo('last_hidden_state', FLOAT, [...shape, dim]));
  const graph = [...g.nodes, field(2, 'encoder'), ...g.weights, ...inputs, output];
  return Buffer.concat([field(1, 8), field(2, 'assay'), field(7, graph), field(8, [field(1, ''), field(2, 17)])]);
}
