import { Maximize2, Minimize2 } from 'lucide-react';
import type { MouseEvent, ReactNode } from 'react';
import { commandById } from '../../state/commands';
import type { PanelId } from '../../state/store';
import { Hover } from '../controls/Hover';
import { useAppState, useSession } from '../session-context';

/** A view's frame: shows it alone by its button, or by a double-click on its name. */
export function PanelFrame({ panel, children }: { panel: PanelId; children: ReactNode }) {
  const session = useSession();
  const maximized = useAppState((state) => state.maximized);
  const active = useAppState((state) => state.activeView === panel);
  const alone = maximized === panel;
  const command = commandById(alone ? 'show-all-panels' : `maximize-${panel}`);
  const Icon = alone ? Minimize2 : Maximize2;

  const toggle = () => session.maximize(alone ? null : panel);
  const handleDoubleClick = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest('.view-label')) toggle();
  };

  return (
    <section
      className="panel"
      aria-label={panel === '3d' ? '3-D view' : `${panel} view`}
      data-panel-id={panel}
      data-active={active}
      data-alone={alone}
      data-behind={maximized !== null && !alone}
      onDoubleClick={handleDoubleClick}
    >
      {children}
      <Hover text={command.label} shortcut={command.shortcut?.[0]} side="left">
        <button
          type="button"
          className="icon-button panel-maximize"
          aria-label={command.label}
          onClick={toggle}
        >
          <Icon aria-hidden />
        </button>
      </Hover>
    </section>
  );
}
