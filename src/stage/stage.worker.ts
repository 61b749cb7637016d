import type { StageMessage } from './protocol';
import { Stage } from './stage';

const stage = new Stage((report) => self.postMessage(report));
self.onmessage = ({ data }: MessageEvent<StageMessage>) => stage.receive(data);
