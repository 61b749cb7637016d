import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Files } from './array-files';

/** What a request meets instead of its file. */
export interface Fault {
  readonly status?: number;
  readonly body?: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer never comes. */
  readonly hang?: boolean;
  /** The connection breaks half-way through the body. */
  readonly broken?: boolean;
  /** So many bytes more than were asked for, or fewer. */
  readonly extraBytes?: number;
}

export interface FileServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** Paths with queries, in order of arrival. */
  readonly requests: string[];
  /** Paths whose client went away before the answer. */
  readonly cancelled: string[];
  close(): Promise<void>;
}

const read = async (source: Files | string, key: string): Promise<Uint8Array | undefined> => {
  if (typeof source !== 'string') return source.get(key);
  return readFile(path.join(source, key)).catch(() => undefined);
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a request of a file is to get: all of it, or the range that it asks for. */
function answerTo(range: string, file: Uint8Array): Answer {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === undefined) return { status: 200, headers: {}, body: file };
  const start = first ? Number(first) : Math.max(0, file.length - Number(last));
  const body = file.subarray(start, first && last ? Number(last) + 1 : undefined);
  const where = `bytes ${start}-${start + body.length - 1}/${file.length}`;
  return { status: 206, headers: { 'Content-Range': where }, body };
}

/** The answer as the fault spoils it; a status or a body of its own stands for the whole file. */
function spoil(answer: Answer, fault: Fault, file: Uint8Array): Answer {
  const { status = 200, body = file, headers = {}, extraBytes = 0 } = fault;
  if (fault.status !== undefined || fault.body !== undefined)
    return { status, headers, body: typeof body === 'string' ? Buffer.from(body) : body };
  const spoilt = new Uint8Array(answer.body.length + extraBytes);
  spoilt.set(answer.body.subarray(0, spoilt.length));
  return { status: answer.status, headers: { ...answer.headers, ...headers }, body: spoilt };
}

function send(
  response: ServerResponse,
  { status, headers, body }: Answer,
  isBroken: boolean | undefined,
) {
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  if (isBroken) response.write(body.slice(0, body.length / 2), () => response.destroy());
  else response.end(body);
}

/**
 * Serves a folder, or files by their keys (from `/` on), on a free port of the loopback; `fault` spoils single answers, told of their
 * Range header where there is one.
 */
export async function serveFiles(
  source: Files | string,
  fault: (key: string, range: string) => Fault | undefined = () => undefined,
): Promise<FileServer> {
  const requests: string[] = [];
  const cancelled: string[] = [];
  const server = createServer(async (request, response) => {
    const url = request.url ?? '/';
    requests.push(url);
    response.on('close', () => {
      if (!response.writableFinished) cancelled.push(url);
    });
    const key = decodeURIComponent(url.replace(/\?.*$/, ''));
    const file = await read(source, key);
    const { range = '' } = request.headers;
    const met = fault(key, range);
    if (met?.hang) return;
    if (!met && !file) {
      response.writeHead(404).end('Not found');
      return;
    }
    const whole = file ?? new Uint8Array();
    const answer = answerTo(range, whole);
    send(response, met ? spoil(answer, met, whole) : answer, met?.broken);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    cancelled,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
