import { useEffect, useRef } from 'react';
import type { ViewId } from '../../core/slice-geometry';
import { mountSliceView } from '../../view';
import { useSession } from '../session-context';

/** One slice view. Its canvas is made anew each time it is mounted: one can be given to the engine only once. */
export function SlicePanel({ view, ready }: { view: ViewId; ready: boolean }) {
  const session = useSession();
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const parent = place.current;
    if (!parent || !ready) return;
    const canvas = document.createElement('canvas');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `${view} slice`);
    const overlay = document.createElement('div');
    parent.append(canvas, overlay);
    const unmount = mountSliceView(session, view, canvas, overlay);
    return () => {
      unmount();
      canvas.remove();
      overlay.remove();
    };
  }, [session, view, ready]);

  return <div ref={place} className="panel-fill" />;
}
