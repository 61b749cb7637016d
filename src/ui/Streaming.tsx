import { formatCount, formatMegabytes, formatRate } from './format';
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
  const { bricks, bricksInFlight, missingChunks, surfaceBytes } = statistics;
  const { cacheHits, diskHits, evictions, retries } = statistics;
  const rows = [
    ['resident', bricks.resident, 'Bricks that are there to be drawn and filled'],
    ['empty', bricks.empty, 'Bricks of zeros: they share one place'],
    ['in flight', bricksInFlight, 'Bricks that are being read, for views, fills and networks'],
    ['queued', bricks.queued, 'Bricks of the views that wait for their turn'],
    ['fetching', bricks.fetching, 'Bricks of the views whose chunks are on their way'],
    [
      'decoding',
      bricks.decoding + bricks.ready,
      'Bricks of the views whose chunks are being decoded',
    ],
    ['hits', cacheHits, 'Chunks that were in memory when they were asked for'],
    ['from disk', diskHits, 'Chunks that were on disk when they were asked for'],
    ['evicted', evictions, 'Chunks and bricks that made room for others'],
    ['missing', missingChunks, 'Chunks that the source does not have: they are the fill value'],
    ['unread', bricks.failed, 'Bricks that could not be read'],
    ['retries', retries, 'Requests that were made again'],
  ] as const;
  return (
    <dl className="streaming" aria-label="Bricks">
      {rows.map(([name, count, title]) => (
        <Row key={name} name={name} value={formatCount(count)} title={title} />
      ))}
      <Row name="decoded" value={formatRate(decoded)} title="Chunks decoded per second" />
      <Row
        name="surfaces"
        value={formatMegabytes(surfaceBytes)}
        title="Surfaces in memory, beside the budget; the 3-D view has as much again"
      />
    </dl>
  );
}
