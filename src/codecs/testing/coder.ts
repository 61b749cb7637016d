import { testModule } from '../../wasm/testing';
import { inlineCoder } from '../inline';

/** Our module under Node, in the calling thread. */
export const testCoder = inlineCoder(testModule('codecs'));
