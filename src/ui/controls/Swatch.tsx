import { segmentColour } from '../../core/colour';

/** A segment's colour; an empty frame for no segment. */
export function Swatch({ id }: { id: number | null }) {
  const style = id === null ? {} : { background: `rgb(${segmentColour(id).join(' ')})` };
  return <span className="swatch" data-empty={id === null} style={style} aria-hidden />;
}
