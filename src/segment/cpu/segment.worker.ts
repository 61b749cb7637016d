import { serveThread } from './thread';

self.onmessage = ({ data }: MessageEvent<MessagePort>) => serveThread(data);
