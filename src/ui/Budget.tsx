import { HardDriveDownload, Trash2 } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { budgetSteps, stepOf } from '../state/budget-steps';
import type { Budgets } from '../state/store';
import { CommandButton } from './controls/CommandButton';
import { RangeSlider } from './controls/RangeSlider';
import { formatBudget, formatBytesOf } from './format';
import { Streaming } from './Streaming';
import { useAppState, useSession } from './session-context';

interface SettingProps {
  readonly name: string;
  readonly of: keyof Budgets;
  readonly bytes: number;
}

/** One budget's slider; taken over when the thumb is let go, since what is drawn is read anew then. */
function Setting({ name, of, bytes }: SettingProps) {
  const session = useSession();
  const steps = budgetSteps(of);
  /** Of the steps, the one that is chosen and does not hold yet. */
  const [draft, setDraft] = useState<number | null>(null);
  const step = draft ?? stepOf(steps, bytes);
  const bytesAt = (at: number) => steps[at] ?? bytes;
  const text = formatBudget(draft === null ? bytes : bytesAt(draft));
  return (
    <div className="row">
      <span>{name}</span>
      <RangeSlider
        values={[step]}
        min={0}
        max={steps.length - 1}
        step={1}
        labels={[`Budget: ${name}`]}
        valueText={text}
        onChange={([next = step]) => setDraft(next)}
        onCommit={([next = step]) => {
          session.machine
            .setBudgets({ [of]: bytesAt(next) })
            .catch((error) => session.report(error, 'budgets'))
            .finally(() => setDraft((now) => (now === next ? null : now)));
        }}
      />
      <span className="number row-value">{text}</span>
    </div>
  );
}

interface BudgetProps {
  readonly label: string;
  readonly bytes: number;
  readonly budget: number;
}

/** What is taken of a budget, in the status bar. */
function Meter({ label, bytes, budget }: BudgetProps) {
  const share = budget > 0 ? Math.min(bytes / budget, 1) : 0;
  return (
    <span className="status-item">
      {label}
      <span className="meter" aria-hidden>
        <span className="meter-fill" style={{ display: 'block', width: `${share * 100}%` }} />
      </span>
      <span className="number" style={{ minWidth: '15ch' }}>
        {formatBytesOf(bytes, budget)}
      </span>
    </span>
  );
}

/** What is taken of the machine; opened, how much may be. */
export function BudgetMeters() {
  const session = useSession();
  const open = useAppState((state) => state.budgetsOpen);
  const statistics = useAppState((state) => state.statistics);
  const {
    gpuBytes = 0,
    gpuBudgetBytes = 0,
    memoryBytes = 0,
    memoryBudgetBytes = 0,
    diskBytes = 0,
    diskBudgetBytes = 0,
  } = statistics ?? {};
  return (
    <Popover.Root open={open} onOpenChange={(next) => session.setBudgetsOpen(next)}>
      <Popover.Trigger className="status-budgets" title="What may be taken of the machine">
        <Meter label="GPU" bytes={gpuBytes} budget={gpuBudgetBytes} />
        <Meter label="memory" bytes={memoryBytes} budget={memoryBudgetBytes} />
        <Meter label="disk" bytes={diskBytes} budget={diskBudgetBytes} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover budgets-popover"
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Budgets"
        >
          {gpuBudgetBytes > 0 && <Setting name="GPU" of="gpuBytes" bytes={gpuBudgetBytes} />}
          <Setting name="Memory" of="memoryBytes" bytes={memoryBudgetBytes} />
          <Setting name="Disk" of="diskBytes" bytes={diskBudgetBytes} />
          <p className="dim">
            Bricks and chunks over a budget make room, the longest unseen first. Surfaces come on
            top. Chunks of public servers stay on disk for later visits.
          </p>
          <div className="budgets-actions">
            <CommandButton command="clear-disk-cache" icon={Trash2} text="Clear disk" />
            <CommandButton
              command="keep-disk-cache"
              icon={HardDriveDownload}
              text="Keep for good"
            />
          </div>
          <Streaming />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
