import { useEffect, useRef } from 'react';
import { mountScene } from '../../view';
import { useSession } from '../session-context';

/** The 3-D view. */
export function ScenePanel({ ready }: { ready: boolean }) {
  const session = useSession();
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (place.current && ready) return mountScene(session, place.current);
  }, [session, ready]);

  return <div ref={place} className="panel-fill" />;
}
