/** Numbers that a shader's text may be written out with. */
export type Constants = Readonly<Record<string, number>>;

const FOR = /^\s*\/\/@for (\w+) < (\w+)$/;
const END = /^\s*\/\/@end$/;

function numberOf(name: string, constants: Constants): number {
  const value = /^\d+$/.test(name) ? Number(name) : constants[name];
  if (value === undefined) throw new RangeError(`a shader is written out without ${name}`);
  return value;
}

const productOf = (names: string, constants: Constants): number =>
  names.split('*').reduce((product, name) => product * numberOf(name, constants), 1);

const sumOf = (products: string, constants: Constants): number =>
  products.split('+').reduce((sum, names) => sum + productOf(names, constants), 0);

/** The index of the line that ends the block which begins at `from`. */
function endOf(lines: readonly string[], from: number): number {
  let depth = 1;
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (FOR.test(line)) depth++;
    if (END.test(line) && --depth === 0) return at;
  }
  throw new RangeError('a block of a shader has no end');
}

function written(lines: readonly string[], constants: Constants): string[] {
  const result: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, variable, bound] = FOR.exec(line) ?? [];
    if (variable === undefined || bound === undefined) {
      result.push(line.replace(/#\{([\w+*]+)\}/g, (_, sum: string) => `${sumOf(sum, constants)}`));
      continue;
    }
    const end = endOf(lines, at + 1);
    const block = lines.slice(at + 1, end);
    for (let value = 0; value < numberOf(bound, constants); value++)
      result.push(...written(block, { ...constants, [variable]: value }));
    at = end;
  }
  return result;
}

/**
 * Writes the blocks of a shader out, `//@for i < N` to `//@end`, once for each i; `#{i}` and `#{4*i+j}` become numbers. Compilers of
 * software adapters unroll nothing, and put arrays into memory; WGSL has no other way to name so many registers.
 */
export const unroll = (code: string, constants: Constants): string =>
  written(code.split('\n'), constants).join('\n');
