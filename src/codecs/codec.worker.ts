import { toRecord } from '../core/errors';
import type { CodecAnswer, CodecRequest } from './messages';
import { Workbench } from './workbench';

let workbench: Workbench | undefined;

function answer(request: CodecRequest): CodecAnswer | undefined {
  if (request.kind === 'module') {
    workbench = new Workbench(request.module);
    return undefined;
  }
  try {
    if (!workbench) throw new Error('a job came before the module');
    const bytes =
      request.kind === 'decode'
        ? workbench.decode(request.job, request.into)
        : workbench.encode(request.job);
    return { bytes };
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
