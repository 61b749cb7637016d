import { ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { VolumeInfo } from '../../state/store';
import { formatDtype, formatShape, formatVoxelSize } from '../format';
import { useAppState, useSession } from '../session-context';
import { useLasting } from '../use-lasting';
import { OpenForm } from './OpenForm';

const factsOf = (volume: VolumeInfo): string =>
  [
    formatShape(volume.shapeZyx),
    formatVoxelSize(volume.voxelSizeNm),
    formatDtype(volume.dtype),
  ].join(' · ');

/** The name of what was open stays for so long: each picture of the page between two volumes would keep the second one waiting. */
const QUICK_MILLISECONDS = 200;

/** What is open; opens something else. */
export function OpenSource() {
  const session = useSession();
  const open = useAppState((state) => state.openerOpen);
  const volume = useAppState((state) => state.volume);
  const asked = useAppState((state) => state.opening);
  const lasting = useLasting(asked, QUICK_MILLISECONDS);
  const opening = volume ? lasting : asked;
  const name = opening ? 'Opening…' : (volume?.name ?? 'Nothing is open');
  const setOpen = (next: boolean) => {
    session.setOpenerOpen(next);
    // What failed was said in the form.
    if (!next) session.dismissNotice('open');
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="source" title={opening ?? volume?.url}>
        <span className="source-name ellipsis">{name}</span>
        {volume && !opening && <span className="source-facts ellipsis">{factsOf(volume)}</span>}
        <ChevronDown aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover open-popover"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Open a source"
        >
          <OpenForm />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
