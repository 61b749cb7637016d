import react from '@vitejs/plugin-react';
import { type Connect, defineConfig, type Plugin } from 'vite';

/** Cross-origin isolation: without these there is no SharedArrayBuffer. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Chunks of a Zarr have no file extension: without this they would be sent with an empty content type. */
const typeChunks: Connect.NextHandleFunction = (request, response, next) => {
  const pathname = request.url?.split('?')[0] ?? '';
  if (/\.zarr\/.*\/[^/.]+$/.test(pathname)) {
    response.setHeader('Content-Type', 'application/octet-stream');
  }
  next();
};

const zarrFiles: Plugin = {
  name: 'zarr-files',
  configureServer: ({ middlewares }) => void middlewares.use(typeChunks),
  configurePreviewServer: ({ middlewares }) => void middlewares.use(typeChunks),
};

/** Leaves out the decoders that zarrita would load, since src/codecs decodes; fails a build that still has them. */
const withoutNumcodecs: Plugin = {
  name: 'without-numcodecs',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id.startsWith('numcodecs/') && importer?.includes('/node_modules/zarrita/')
      ? '\0without-numcodecs'
      : undefined,
  load: (id) => (id === '\0without-numcodecs' ? 'export default undefined;' : undefined),
  generateBundle(_, bundle) {
    const found = Object.values(bundle)
      .flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))
      .filter((id) => id.includes('/node_modules/numcodecs/'));
    if (found.length > 0) this.error(`The bundle has ${found.join(', ')}.`);
  },
};

export default defineConfig({
  // Not a single-page application: a key that a Zarr lacks has to be a 404, not index.html.
  appType: 'mpa',
  plugins: [react(), zarrFiles, withoutNumcodecs],
  server: { headers },
  preview: { headers },
  worker: { format: 'es', plugins: () => [withoutNumcodecs] },
  optimizeDeps: { entries: ['index.html', 'src/**/*.worker.ts'] },
  build: {
    target: 'es2023',
    // three.js alone is larger than the default of 500 kB; it is a chunk of its own.
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'three', test: /node_modules[\\/]three[\\/]/ },
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
          ],
        },
      },
    },
  },
});
