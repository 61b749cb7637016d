import type { Zyx } from '../../src/core/vec';
import type { ConvLayer, FfnLayers } from '../../src/segment/network/network';
import { planFfn } from '../../src/segment/network/plan';

/** Protocol buffers: the bytes of one field. */
type Field = Uint8Array;

const utf8 = new TextEncoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const number = (field: number, value: number): Field =>
  Uint8Array.from([...varint(8 * field), ...varint(value)]);

const bytes = (field: number, content: Uint8Array): Field =>
  joined([Uint8Array.from([...varint(8 * field + 2), ...varint(content.length)]), content]);

const text = (field: number, content: string): Field => bytes(field, utf8.encode(content));

const message = (field: number, ...fields: readonly Field[]): Field => bytes(field, joined(fields));

/** Types of onnx.proto: FLOAT of tensors, INT and INTS of attributes. */
const FLOAT = 1;
const INT = 2;
const INTS = 7;

const integer = (name: string, value: number): Field =>
  message(5, text(1, name), number(3, value), number(20, INT));

const integers = (name: string, values: readonly number[]): Field =>
  message(5, text(1, name), ...values.map((value) => number(8, value)), number(20, INTS));

const node = (
  type: string,
  inputs: readonly string[],
  output: string,
  ...attributes: readonly Field[]
): Field =>
  message(
    1,
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(4, type),
    ...attributes,
  );

const initializer = (name: string, dims: readonly number[], values: Float32Array): Field =>
  message(
    5,
    ...dims.map((size) => number(1, size)),
    number(2, FLOAT),
    text(8, name),
    bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );

/** A graph's input (field 11) or output (12). */
const value = (field: number, name: string, dims: readonly number[]): Field => {
  const shape = message(2, ...dims.map((size) => message(1, number(1, size))));
  return message(field, text(1, name), message(2, message(1, number(1, FLOAT), shape)));
};

/** From (z, y, x, input, output) to ONNX's (output, input, z, y, x). */
function outputsFirst({ kernelZyx, inputs, outputs, weights }: ConvLayer): Float32Array {
  const taps = kernelZyx[0] * kernelZyx[1] * kernelZyx[2];
  return Float32Array.from(weights, (_, at) => {
    const [output, input, tap] = [Math.floor(at / taps / inputs), Math.floor(at / taps), at % taps];
    return weights[(tap * inputs + (input % inputs)) * outputs + output] ?? 0;
  });
}

/**
 * A flood-filling network as an ONNX model, for peers: `image` and `seed` (field of view, 1, z, y, x) to `logits`, operators of
 * version 17 (onnx.proto3 of github.com/onnx/onnx).
 */
export function onnxModel(
  network: FfnLayers,
  shapeZyx: Zyx,
  fields: number,
): Uint8Array<ArrayBuffer> {
  const dims = [fields, 1, ...shapeZyx];
  const parts: Field[] = [node('Concat', ['image', 'seed'], 'input', integer('axis', 1))];
  const names = { input: 'input', stream: '', inner: '', logits: 'seed' };
  const steps = planFfn(network.depth);
  steps.forEach(({ layer, from, to, reluBefore, reluAfter, adds }, step) => {
    const conv = network.layers[layer];
    if (!conv) throw new RangeError(`there is no layer ${layer}`);
    let name = names[from];
    const apply = (type: string, inputs: readonly string[], ...attributes: readonly Field[]) => {
      name = step === steps.length - 1 && type === 'Add' ? 'logits' : `${type}${step}_${inputs[0]}`;
      parts.push(node(type, inputs, name, ...attributes));
    };
    if (reluBefore) apply('Relu', [name]);
    const pads = conv.kernelZyx.map((size) => size >> 1);
    const weights = [`weights${layer}`, `biases${layer}`] as const;
    apply('Conv', [name, ...weights], integers('pads', [...pads, ...pads]));
    if (reluAfter) apply('Relu', [name]);
    if (adds) apply('Add', [name, names[to]]);
    names[to] = name;
    parts.push(
      initializer(weights[0], [conv.outputs, conv.inputs, ...conv.kernelZyx], outputsFirst(conv)),
      initializer(weights[1], [conv.outputs], conv.biases),
    );
  });
  const inputs = [value(11, 'image', dims), value(11, 'seed', dims)];
  const graph = message(7, text(2, 'ffn'), ...parts, ...inputs, value(12, 'logits', dims));
  return joined([number(1, 8), graph, message(8, text(1, ''), number(2, 17))]);
}
