import { Droplet, Hand, Keyboard, type LucideIcon, MousePointer2, Network } from 'lucide-react';
import { runCommand } from '../state/command';
import { commandById } from '../state/commands';
import type { ToolId } from '../state/store';
import { CommandButton } from './controls/CommandButton';
import { Hover } from './controls/Hover';
import { useAppState, useSession } from './session-context';

interface Tool {
  readonly id: ToolId;
  readonly icon: LucideIcon;
}

const GROUPS: readonly { readonly label: string; readonly tools: readonly Tool[] }[] = [
  {
    label: 'See',
    tools: [
      { id: 'select', icon: MousePointer2 },
      { id: 'pan', icon: Hand },
    ],
  },
  {
    label: 'Grow',
    tools: [
      { id: 'fill', icon: Droplet },
      { id: 'ffn', icon: Network },
    ],
  },
];

function ToolButton({ id, icon: Icon }: Tool) {
  const session = useSession();
  const active = useAppState((state) => state.tool === id);
  const command = commandById(`tool-${id}`);
  return (
    <Hover text={command.label} shortcut={command.shortcut?.[0]} side="right">
      <button
        type="button"
        className="tool"
        aria-label={command.label}
        aria-pressed={active}
        onClick={() => runCommand(session, command)}
      >
        <Icon aria-hidden />
      </button>
    </Hover>
  );
}

/** The tools, grouped by what they are for. */
export function ToolRail() {
  return (
    <section className="tool-rail" aria-label="Tools">
      {GROUPS.map(({ label, tools }) => (
        <fieldset key={label} className="tool-group" aria-label={label}>
          {tools.map((tool) => (
            <ToolButton key={tool.id} {...tool} />
          ))}
        </fieldset>
      ))}
      <span className="spacer" />
      <CommandButton command="shortcuts" icon={Keyboard} className="tool" />
    </section>
  );
}
