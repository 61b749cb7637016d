import { formatCount, formatRate } from './format';
import { useAppState } from './session-context';
import { useGrowth } from './use-rates';

function Row({ name, value, title }: { name: string; value: string; title: string }) {
  return (
    <div title={title}>
      <dt className="dim">{name}</dt>
      <dd className="number">{value}</dd>
    </div>
  );
}

/** How bricks come in: their states, how fast chunks are decoded, what the caches do. */
export function Streaming() {
  const statistics = useAppState((state) => state.statistics);
  const decoded = useGrowth('decodedBytes');
  if (!statistics) return null;
  const { bricks, cacheHits, diskHits, evictions, retries } = statistics;
  const rows = [
    ['resident', bricks.resident, 'Bricks that are there to be drawn and filled'],
    ['queued', bricks.queued, 'Bricks that wait for their turn'],
    ['fetching', bricks.fetching, 'Bricks whose chunks are on their way'],
    ['decoding', bricks.decoding + bricks.ready, 'Bricks whose chunks are being decoded'],
    ['empty', bricks.empty, 'Bricks of zeros: they share one place'],
    ['unread', bricks.failed, 'Bricks that could not be read'],
    ['hits', cacheHits, 'Chunks that were in memory when they were asked for'],
    ['from disk', diskHits, 'Chunks that were on disk when they were asked for'],
    ['evicted', evictions, 'Chunks and bricks that made room for others'],
    ['retries', retries, 'Requests that were made again'],
  ] as const;
  return (
    <dl className="streaming" aria-label="Bricks">
      {rows.map(([name, count, title]) => (
        <Row key={name} name={name} value={formatCount(count)} title={title} />
      ))}
      <Row name="decoded" value={formatRate(decoded)} title="Chunks decoded per second" />
    </dl>
  );
}
