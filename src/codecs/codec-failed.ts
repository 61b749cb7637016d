import { FloodlightError } from '../core/errors';

/** Bytes that a codec refuses: `reason` goes on from “it could not be decoded: …”. */
export const codecFailed = (codec: string, reason: string, cause?: unknown) =>
  new FloodlightError('CODEC_FAILED', { codec, reason }, cause);
