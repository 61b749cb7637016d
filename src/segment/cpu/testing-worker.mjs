import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { serveThread } = await import('./thread.ts');
serveThread(workerData);
