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

/** Leaves out the decoders that zarrita would load: src/codecs decodes. */
const withoutNumcodecs: Plugin = {
  name: 'without-numcodecs',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id.startsWith('numcodecs/') && importer?.includes('/node_modules/zarrita/')
      ? '\0without-numcodecs'
      : undefined,
  load: (id) => (id === '\0without-numcodecs' ? 'export default undefined;' : undefined),
};

/** Decoders that ours replace: a build that has them fails. */
const REPLACED = ['numcodecs', 'fzstd'];

/** Tells what each file of a build weighs, and which packages are in it; fails where there are some that are not to be. */
const bundleReport = (unwanted: readonly string[]): Plugin => ({
  name: 'bundle-report',
  apply: 'build',
  generateBundle(_, bundle) {
    for (const part of Object.values(bundle)) {
      const bytes = Buffer.byteLength(part.type === 'chunk' ? part.code : part.source);
      const ids = part.type === 'chunk' ? part.moduleIds : [];
      const packages = new Set(
        ids.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []),
      );
      console.log(`${part.fileName}: ${bytes} bytes ${[...packages].sort().join(' ')}`.trimEnd());
      const found = unwanted.filter((name) => packages.has(name));
      if (found.length > 0) this.error(`${part.fileName} has ${found.join(', ')}.`);
    }
  },
});

export default defineConfig({
  // Not a single-page application: a key that a Zarr lacks has to be a 404, not index.html.
  appType: 'mpa',
  plugins: [react(), zarrFiles, withoutNumcodecs, bundleReport([...REPLACED, 'three'])],
  server: { headers },
  preview: { headers },
  worker: { format: 'es', plugins: () => [withoutNumcodecs, bundleReport(REPLACED)] },
  optimizeDeps: { entries: ['index.html', 'src/**/*.worker.ts'] },
  build: {
    target: 'es2023',
    // The 3-D view's worker, with three.js, is larger than the default of 500 kB.
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }],
        },
      },
    },
  },
});
