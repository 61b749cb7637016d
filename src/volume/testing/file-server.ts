import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
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

function send(request: IncomingMessage, response: ServerResponse, body: Uint8Array): void {
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (!range) {
    response.writeHead(200, { 'Content-Length': body.length }).end(body);
    return;
  }
  const [, first, last] = range;
  const start = first ? Number(first) : Math.max(0, body.length - Number(last));
  const part = body.subarray(start, first && last ? Number(last) + 1 : undefined);
  const where = `bytes ${start}-${start + part.length - 1}/${body.length}`;
  response.writeHead(206, { 'Content-Length': part.length, 'Content-Range': where }).end(part);
}

function sendFault(response: ServerResponse, fault: Fault, file: Uint8Array): void {
  if (fault.hang) return;
  const body = fault.body ?? file;
  if (!fault.broken) {
    response.writeHead(fault.status ?? 200, fault.headers).end(body);
    return;
  }
  response.writeHead(200, { 'Content-Length': body.length });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}

/** Serves a folder, or files by their keys (from `/` on), on a free port of the loopback; `fault` spoils single answers. */
export async function serveFiles(
  source: Files | string,
  fault: (key: string) => Fault | undefined = () => undefined,
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
    const spoilt = fault(key);
    if (spoilt) sendFault(response, spoilt, file ?? new Uint8Array());
    else if (file) send(request, response, file);
    else response.writeHead(404).end('Not found');
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
