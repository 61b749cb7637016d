import { toRecord } from '../core/errors';
import type { CodecAnswer, CodecRequest, JobRequest } from './messages';
import { Workbench } from './workbench';

let workbench: Workbench | undefined;

function resultOf(bench: Workbench, request: JobRequest): Uint8Array<ArrayBuffer> {
  switch (request.kind) {
    case 'decode':
      return bench.decode(request.job, request.into);
    case 'encode':
      return bench.encode(request.job);
    case 'filter':
      return bench.filter(request.job);
  }
}

function answer(request: CodecRequest): CodecAnswer | undefined {
  if (request.kind === 'module') {
    workbench = new Workbench(request.module);
    return undefined;
  }
  try {
    if (!workbench) throw new Error('a job came before the module');
    return { bytes: resultOf(workbench, request) };
  } catch (error) {
    return { error: toRecord(error) };
  }
}

/** One worker of the pool: answers each job, in order. */
self.onmessage = ({ data }: MessageEvent<CodecRequest>) => {
  const result = answer(data);
  if (!result) return;
  self.postMessage(result, { transfer: 'bytes' in result ? [result.bytes.buffer] : [] });
};
