/**
 * `npm start`: serves the production build; `npm run dev` (`--dev`): the sources, with hot reload. Installs, makes the
 * sample and builds first where something is missing or old. PORT (default 4173; the next free one is taken) and HOST
 * (default: loopback only) say where; `--open` opens a browser.
 */
import { build, install } from './install.mjs';

const dev = process.argv.includes('--dev');
const options = {
  port: Number(process.env.PORT || 4173),
  host: process.env.HOST || 'localhost',
  open: process.argv.includes('--open'),
};

async function serve() {
  const vite = await import('vite');
  if (!dev) return vite.preview({ preview: options });
  const server = await vite.createServer({ server: options });
  return server.listen();
}

try {
  await install();
  if (!dev) await build();
  const server = await serve();
  const { local, network } = server.resolvedUrls;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => server.close().finally(() => process.exit(0)));
  }
  console.log(`\nFloodlight is ready: ${[...local, ...network].join(' ')}`);
} catch (error) {
  console.error(`\nFloodlight could not be started. ${error.message}`);
  process.exit(1);
}
