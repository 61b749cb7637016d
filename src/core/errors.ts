/**
 * The one family of errors. Each has a `code`, typed `fields`, one sentence that says what happened, why, and what to do,
 * and its `cause`. Errors cross workers as `ErrorRecord`s. An abort is no error of this family: it stays a DOMException
 * named AbortError.
 */
export interface ErrorFields {
  /** `headers`: names of those sent along that other sites may send only where the server says so. */
  SOURCE_UNREACHABLE: { url: string; headers?: readonly string[] };
  /** `retryAfterMilliseconds` where the server asked to be left alone for so long. */
  HTTP_STATUS: { url: string; status: number; retryAfterMilliseconds?: number };
  /** A page for people came in place of a file. */
  WEB_PAGE: { url: string };
  SOURCE_TIMEOUT: { url: string; seconds: number };
  /** To read, unless it says otherwise. */
  PERMISSION_DENIED: { url: string; access?: 'write' };
  SOURCE_CHANGED: { url: string };
  QUOTA_EXCEEDED: { where: string };
  SAVE_FAILED: { where: string; reason: string };
  NOT_ZARR: { url: string };
  BAD_METADATA: { url: string; reason: string };
  UNSUPPORTED_SHAPE: { url: string; shape: readonly number[] };
  UNSUPPORTED_DTYPE: { url: string; dtype: string; supported: readonly string[] };
  /** `codec` where it was one that failed. */
  CHUNK_FAILED: { array: string; chunk: string; codec?: string; reason: string };
  CODEC_FAILED: { codec: string; reason: string };
  /** Files of a model that are damaged, truncated, or not whole. */
  BAD_MODEL: { model: string; reason: string };
  /** A model of another kind, or of a size that is not run; `what` says in which way. */
  FOREIGN_MODEL: { model: string; what: string };
  UNKNOWN_MODEL: { id: string };
  NO_VOLUME: Record<never, never>;
  UNKNOWN_LABEL_LAYER: { layer: string; layers: readonly string[] };
  UNKNOWN_SEGMENT: { id: number };
  BAD_PARAMETERS: { what: string; reason: string };
  OUTSIDE_VOLUME: { zyx: readonly number[]; shapeZyx: readonly number[] };
  /** Integers of 64 bits as bigints. */
  SEED_OUTSIDE_RANGE: {
    zyx: readonly number[];
    value: number | bigint;
    low: number | bigint;
    high: number | bigint;
  };
  /** Too near the edge of the volume, or of the box of a request, for a network's field of view. */
  SEED_AT_EDGE: { zyx: readonly number[]; fieldOfViewZyx: readonly number[] };
  /** A finished segment is there, or so close that a network is not to begin. */
  SEED_TAKEN: { zyx: readonly number[]; id: number };
  /** What a network made of a seed is no segment: it did not believe in the seed itself, or there is too little of it. */
  SEGMENT_DISCARDED: {
    zyx: readonly number[];
    why: 'weak' | 'small';
    voxels: number;
    leastVoxels: number;
    steps: number;
  };
  BUDGET_EXCEEDED: { what: string; neededBytes: number; budgetBytes: number; advice?: string };
  /** `keptBytes`: what the cache of chunks may take from then on. */
  DISK_FULL: { keptBytes: number };
  DISK_FAILED: { reason: string };
  /** `usableBytes`: what is taken of the GPU from now on. */
  GPU_OUT_OF_MEMORY: { what: string; refusedBytes: number; usableBytes: number };
  WEBGPU_UNAVAILABLE: { reason: string };
  /** `reason`: a clause. */
  PRECISION_UNAVAILABLE: { precision: string; reason: string };
  DEVICE_LOST: { reason: string };
  GPU_FAILED: { what: string; reason: string };
  /** In the 3-D view's worker. */
  SCENE_FAILED: { reason: string };
  UNSUPPORTED_BROWSER: { feature: string };
  INTERNAL: { reason: string };
}

export type ErrorCode = keyof ErrorFields;

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** A voxel in words, so that nobody takes z, y, x for x, y, z. */
const place = ([z, y, x]: readonly number[]) => `x ${x}, y ${y}, z ${z}`;

const lasting = (milliseconds: number): string => {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
};

/** What a status means for who reads, and what to do about it. */
function meaningOf({ status, retryAfterMilliseconds = 0 }: ErrorFields['HTTP_STATUS']): string {
  if (status === 401 || status === 403)
    return 'it does not let you read that. Check the address, and whether it needs a login or a token';
  if (status === 404) return 'there is no such file. Check the address';
  if (status === 429 || status === 503)
    return retryAfterMilliseconds > 0
      ? `it is busy, and asks to be left alone for ${lasting(retryAfterMilliseconds)}. Try again after that`
      : 'it is busy. Try again in a while';
  return status >= 500
    ? 'something is wrong there. Try again later, or tell who runs it'
    : 'it does not take such a request. Check the address';
}

const messages: { [Code in ErrorCode]: (fields: ErrorFields[Code]) => string } = {
  SOURCE_UNREACHABLE: ({ url, headers = [] }) =>
    `${url} could not be fetched: the server did not answer, or it forbids other sites to read it (CORS). Check the address, and have the server send “Access-Control-Allow-Origin: *”${headers.length > 0 ? ` and “Access-Control-Allow-Headers: ${headers.join(', ')}”` : ''}.`,
  HTTP_STATUS: (fields) =>
    `The server answered ${fields.status} for ${fields.url}: ${meaningOf(fields)}.`,
  WEB_PAGE: ({ url }) =>
    `The server answered with a web page where ${url} should be. Check the address, and in a browser tab whether it asks for a login; for a file that is not there a server has to answer 404.`,
  SOURCE_TIMEOUT: ({ url, seconds }) =>
    `${url} did not answer within ${seconds} s. Check the connection, then read again.`,
  PERMISSION_DENIED: ({ url, access }) =>
    access === 'write'
      ? `The browser may not write to ${url}. Save again and allow it, or choose another place; what was saved there before is as it was.`
      : `The browser may not read ${url} any more. Open it again and allow it.`,
  SOURCE_CHANGED: ({ url }) =>
    `${url} has changed on the disk since it was opened, or is gone. Put it back and read again, or open it again.`,
  QUOTA_EXCEEDED: ({ where }) =>
    `There is no room left for ${where}. Free some, or save to another place; what was saved there before is as it was.`,
  SAVE_FAILED: ({ where, reason }) =>
    `${where} could not be saved: ${reason}. What was saved there before is as it was.`,
  NOT_ZARR: ({ url }) =>
    `There is no Zarr at ${url}: neither zarr.json, .zattrs, .zgroup nor .zarray is there. Point to the folder that holds one of them.`,
  BAD_METADATA: ({ url, reason }) => `The metadata of ${url} cannot be used: ${reason}.`,
  UNSUPPORTED_SHAPE: ({ url, shape }) =>
    `${url} has the shape ${shape.join(' × ')}; only volumes of axes z, y and x can be opened, with a time and a channel axis where OME-Zarr metadata name them.`,
  UNSUPPORTED_DTYPE: ({ url, dtype, supported }) =>
    `${url} holds ${dtype} voxels; supported are ${supported.join(', ')}.`,
  CHUNK_FAILED: ({ array, chunk, codec, reason }) =>
    `Chunk ${chunk} of ${array} could not be read${codec ? ` (${codec})` : ''}: ${reason}.`,
  CODEC_FAILED: ({ codec, reason }) => `${codec} failed: ${reason}.`,
  BAD_MODEL: ({ model, reason }) =>
    `The model ${model} cannot be read: ${reason}. Fetch its files again, all of them.`,
  FOREIGN_MODEL: ({ model, what }) =>
    `${model} is no flood-filling network that can be run: ${what}. Take a checkpoint that google/ffn wrote for its convstack_3d.`,
  UNKNOWN_MODEL: ({ id }) => `There is no model ${id} among those that are kept. Import it first.`,
  NO_VOLUME: () => 'No volume is open. Open one first.',
  UNKNOWN_LABEL_LAYER: ({ layer, layers }) =>
    `The volume has no label layer “${layer}”; it has ${layers.length > 0 ? layers.join(', ') : 'none'}.`,
  UNKNOWN_SEGMENT: ({ id }) => `There is no segment ${id}.`,
  BAD_PARAMETERS: ({ what, reason }) => `${what}: ${reason}.`,
  OUTSIDE_VOLUME: ({ zyx, shapeZyx }) =>
    `Voxel ${place(zyx)} lies outside the volume of ${shapeZyx.join(' × ')}.`,
  SEED_OUTSIDE_RANGE: ({ zyx, value, low, high }) =>
    `The seed at ${place(zyx)} has the value ${value}, outside the range ${low}–${high}. Click a brighter or darker voxel, or widen the range.`,
  SEED_AT_EDGE: ({ zyx, fieldOfViewZyx }) =>
    `The seed at ${place(zyx)} is too near the edge: the network sees ${fieldOfViewZyx.join(' × ')} voxels (z, y, x) around it. Click further inside, or enlarge the box.`,
  SEED_TAKEN: ({ zyx, id }) =>
    `The seed at ${place(zyx)} lies in segment ${id}, or right beside it. Remove that segment, or click elsewhere.`,
  SEGMENT_DISCARDED: ({ zyx, why, voxels, leastVoxels, steps }) =>
    why === 'weak'
      ? `The network does not take what is at ${place(zyx)} for an object: after ${steps} steps it no longer believed in the seed. Click the inside of a cell.`
      : `What grew at ${place(zyx)} has ${voxels} voxels after ${steps} steps, and was discarded: a segment is to have ${leastVoxels}. Lower the least size, or click elsewhere.`,
  BUDGET_EXCEEDED: ({
    what,
    neededBytes,
    budgetBytes,
    advice = 'Use a smaller box or a narrower range',
  }) =>
    `${what} needs ${megabytes(neededBytes)}, more than the ${megabytes(budgetBytes)} it may use. ${advice}.`,
  DISK_FULL: ({ keptBytes }) =>
    `The browser gives this page no more disk: its cache of chunks now keeps ${megabytes(keptBytes)} at most, and reading goes on. Free some disk, then set the disk's budget again.`,
  DISK_FAILED: ({ reason }) =>
    `The cache of chunks on disk cannot be used (${reason}): chunks come from where the volume lies. Load the page again to try it again.`,
  GPU_OUT_OF_MEMORY: ({ what, refusedBytes, usableBytes }) =>
    `The GPU has no ${megabytes(refusedBytes)} left for ${what}; Floodlight makes do with ${megabytes(usableBytes)} of it from now on. A fill goes on. Close other tabs or programs that use the GPU if it is slow.`,
  WEBGPU_UNAVAILABLE: ({ reason }) =>
    `This browser offers no WebGPU adapter (${reason}). Use a current Chrome or Edge with hardware acceleration, or start Chrome with --enable-unsafe-webgpu.`,
  PRECISION_UNAVAILABLE: ({ precision, reason }) =>
    `A network cannot be run in ${precision} here: ${reason}. Choose f32.`,
  DEVICE_LOST: ({ reason }) =>
    `The GPU device was lost (${reason}). It is set up again; segments are kept, and a fill goes on.`,
  GPU_FAILED: ({ what, reason }) => `The GPU failed at ${what}: ${reason}.`,
  SCENE_FAILED: ({ reason }) =>
    `The 3-D view broke down (${reason}). Nothing of your work is lost; reload the page if it stays away.`,
  UNSUPPORTED_BROWSER: ({ feature }) =>
    `This browser lacks ${feature}. Use a current Chrome, Edge, Firefox or Safari.`,
  INTERNAL: ({ reason }) => `Something went wrong inside Floodlight: ${reason}.`,
};

const className = (code: ErrorCode): string =>
  `${code
    .toLowerCase()
    .split('_')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('')}Error`;

export class FloodlightError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly fields: ErrorFields[Code];
  constructor(code: Code, fields: ErrorFields[Code], cause?: unknown) {
    super(messages[code](fields), cause === undefined ? undefined : { cause });
    this.name = className(code);
    this.code = code;
    this.fields = fields;
  }
}

/** Narrows an unknown to this family, and to one code where it is given. */
export const isFloodlightError = <Code extends ErrorCode>(
  error: unknown,
  code?: Code,
): error is FloodlightError<Code> =>
  error instanceof FloodlightError && (code === undefined || error.code === code);

const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'CHUNK_FAILED',
  'HTTP_STATUS',
  'SOURCE_UNREACHABLE',
  'WEB_PAGE',
  'SOURCE_TIMEOUT',
  'PERMISSION_DENIED',
  'SOURCE_CHANGED',
]);

/** Whether an error is about a part of a volume alone: all else goes on, and that part may be read another time. */
export const isUnreadable = (error: unknown): boolean =>
  isFloodlightError(error) && UNREADABLE.has(error.code);

export const isAbort = (error: unknown): boolean =>
  error instanceof Error && error.name === 'AbortError';

/** An abort as the platform makes it. */
export const abortError = (): DOMException => new DOMException('Cancelled', 'AbortError');

/** An error as plain data, to cross a worker or be written to a report. */
export interface ErrorRecord {
  name: string;
  message: string;
  code?: ErrorCode;
  fields?: ErrorFields[ErrorCode];
  cause?: ErrorRecord;
  stack?: string;
}

export function toRecord(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return {
    name: error.name,
    message: error.message,
    ...(error instanceof FloodlightError ? { code: error.code, fields: error.fields } : {}),
    ...(error.cause === undefined ? {} : { cause: toRecord(error.cause) }),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  };
}

export function fromRecord(record: ErrorRecord): Error {
  const cause = record.cause && fromRecord(record.cause);
  if (record.code && record.fields) return new FloodlightError(record.code, record.fields, cause);
  if (record.name === 'AbortError') return abortError();
  const error = new Error(record.message, cause && { cause });
  error.name = record.name;
  return error;
}
