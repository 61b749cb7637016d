import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'vite';

const PREFIX = '/onnxruntime-web/';
const TYPES: Readonly<Record<string, string>> = {
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Serves the files of onnxruntime-web, which loads its parts and its workers by their addresses, below `/onnxruntime-web/`. */
export const servePeers: Plugin = {
  name: 'peers',
  configurePreviewServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      const name = path.basename(pathname);
      const type = TYPES[path.extname(name)];
      if (!pathname.startsWith(PREFIX) || !type) return next();
      readFile(path.join('node_modules/onnxruntime-web/dist', name)).then(
        (content) => {
          response.setHeader('Content-Type', type);
          response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
          response.end(content);
        },
        () => next(),
      );
    });
  },
};
