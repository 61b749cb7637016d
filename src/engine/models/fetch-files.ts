import { abortError, FloodlightError } from '../../core/errors';
import { countShards, shardName } from '../../models/bundle';
import { isIndex, isSafetensors, prefixOf } from '../../models/file-names';
import { failuresOf, type ModelFile } from '../../models/model-files';
import { readTable } from '../../models/table';
import type { Hosts } from '../../volume/hosts';
import { answerTo, type Fetch } from '../../volume/http-access';
import { isWebPage } from '../../volume/http-answer';
import { parseSourceUrl } from '../../volume/http-store';
import { Patience, type PatienceOptions } from '../../volume/patience';

/** All files of a model together: a network of 64 features and depth 20, with an optimizer's slots, has 54 MiB. */
const MOST_MODEL_BYTES = 2 ** 28;
/** Weights come in one piece, over slow lines too. */
const LIMITS: PatienceOptions = { deadlineMilliseconds: 300_000 };

/** How far an import is. */
export interface ImportProgress {
  /** Read of all files so far. */
  readonly bytes: number;
}

/** What fetching gets from where it runs. */
export interface FetchSurroundings {
  readonly fetch: Fetch;
  readonly hosts: Hosts;
}

/** Counts what all files of a model have; BUDGET_EXCEEDED once that is more than any model needs. */
export class SizeLimit {
  private bytes = 0;

  constructor(
    private readonly onProgress: (progress: ImportProgress) => void,
    private readonly mostBytes = MOST_MODEL_BYTES,
  ) {}

  take(bytes: number): void {
    this.check(bytes);
    this.bytes += bytes;
    this.onProgress({ bytes: this.bytes });
  }

  /** Whether so much may still come. */
  check(bytes: number): void {
    const neededBytes = this.bytes + bytes;
    if (neededBytes > this.mostBytes)
      throw new FloodlightError('BUDGET_EXCEEDED', {
        what: 'The model',
        ...{ neededBytes, budgetBytes: this.mostBytes },
        advice: 'Import the checkpoint of one network alone',
      });
  }

  /** Gives back what an attempt took that is made again. */
  release(bytes: number): void {
    this.bytes -= bytes;
  }
}

function lastSegment(url: URL): string {
  const segment = url.pathname.split('/').at(-1) || url.host;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The address of a file beside another one. */
function beside(url: URL, name: string): URL {
  const other = new URL(url);
  other.pathname = other.pathname.replace(/[^/]*$/, encodeURIComponent(name));
  return other;
}

/** The body of an answer, read bit by bit so that it never becomes larger than it may; whatever its headers claim. */
async function readBody(response: Response, limit: SizeLimit): Promise<Uint8Array<ArrayBuffer>> {
  limit.check(Number(response.headers.get('Content-Length') ?? 0) || 0);
  const reader = response.body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      limit.take(part.value.length);
      bytes += part.value.length;
      parts.push(part.value);
    }
  } catch (error) {
    limit.release(bytes);
    await reader?.cancel().catch(() => {});
    throw error;
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function fetchFile(
  url: URL,
  limit: SizeLimit,
  { fetch, hosts }: FetchSurroundings,
  signal: AbortSignal,
): Promise<ModelFile> {
  const { href } = url;
  const access = { fetch, patience: new Patience(hosts.at(url), LIMITS), headers: {} };
  return answerTo(access, { url: href }, signal, async (response) => {
    const bytes = await readBody(response, limit);
    if (isWebPage(bytes)) throw new FloodlightError('WEB_PAGE', { url: href });
    return { name: lastSegment(url), bytes };
  });
}

/**
 * The files of a model by the address of one of them, or of a checkpoint's prefix: a checkpoint's data are found by its
 * index. Rejects with BAD_PARAMETERS, SOURCE_UNREACHABLE, HTTP_STATUS, SOURCE_TIMEOUT, WEB_PAGE, BUDGET_EXCEEDED for what is
 * larger than any model, BAD_MODEL for an index that is none, or an AbortError.
 */
export async function fetchModelFiles(
  address: string,
  limit: SizeLimit,
  around: FetchSurroundings,
  signal: AbortSignal,
): Promise<ModelFile[]> {
  const url = parseSourceUrl(address);
  const given = { name: lastSegment(url) };
  if (isSafetensors(given)) return [await fetchFile(url, limit, around, signal)];
  const prefix = prefixOf(given.name);
  const indexUrl = isIndex(given) ? url : beside(url, `${prefix}.index`);
  const index = await fetchFile(indexUrl, limit, around, signal);
  const { bad } = failuresOf(index.name);
  const shards = countShards(readTable(index.bytes, bad), bad);
  const names = Array.from({ length: shards }, (_, shard) => shardName(prefix, shard, shards));
  const abort = new AbortController();
  try {
    const either = AbortSignal.any([signal, abort.signal]);
    const data = names.map((name) => fetchFile(beside(url, name), limit, around, either));
    return [index, ...(await Promise.all(data))];
  } finally {
    // Of several, those that still come when one has failed.
    abort.abort(abortError());
  }
}
