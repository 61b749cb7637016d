import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { useAppState } from '../session-context';
import { useMedia } from '../use-media';
import { EvaluationSection } from './evaluation/EvaluationSection';
import { FfnOptionsSection } from './FfnOptionsSection';
import { FillOptionsSection } from './FillOptionsSection';
import { LayersSection } from './LayersSection';
import { RunCard } from './RunCard';
import { SegmentsSection } from './SegmentsSection';
import { ToolHint } from './ToolHint';
import './side.css';

function RunAndOptions() {
  const tool = useAppState((state) => state.tool);
  return (
    <>
      <RunCard />
      {tool === 'fill' ? (
        <FillOptionsSection />
      ) : tool === 'ffn' ? (
        <FfnOptionsSection />
      ) : (
        <ToolHint tool={tool} />
      )}
    </>
  );
}

function FoldedSide() {
  const isEvaluating = useAppState((state) => state.evaluator.isOpen);
  const [tab, setTab] = useState('fill');
  const [wasEvaluating, setWasEvaluating] = useState(false);
  // What was just opened is shown; a tab that is gone is left.
  if (isEvaluating !== wasEvaluating) {
    setWasEvaluating(isEvaluating);
    if (isEvaluating) setTab('evaluate');
    else if (tab === 'evaluate') setTab('layers');
  }
  return (
    <Tabs.Root className="side" value={tab} onValueChange={setTab} asChild>
      <aside aria-label="Segmentation">
        <Tabs.List className="side-tabs" aria-label="Segmentation">
          <Tabs.Trigger value="fill">Fill</Tabs.Trigger>
          <Tabs.Trigger value="segments">Segments</Tabs.Trigger>
          <Tabs.Trigger value="layers">Layers</Tabs.Trigger>
          {isEvaluating && <Tabs.Trigger value="evaluate">Evaluate</Tabs.Trigger>}
        </Tabs.List>
        <Tabs.Content value="fill" className="side-tab">
          <RunAndOptions />
        </Tabs.Content>
        <Tabs.Content value="segments" className="side-tab">
          <SegmentsSection />
        </Tabs.Content>
        <Tabs.Content value="layers" className="side-tab">
          <LayersSection />
        </Tabs.Content>
        {isEvaluating && (
          <Tabs.Content value="evaluate" className="side-tab">
            <EvaluationSection />
          </Tabs.Content>
        )}
      </aside>
    </Tabs.Root>
  );
}

/** A run that goes on where nothing else tells of it. By itself: what lies beside it need not render again when a run begins. */
function RunBesideEvaluation() {
  const isRunning = useAppState((state) => state.running !== null);
  return isRunning && <RunCard />;
}

/**
 * What runs, the tool's options, segments and layers: below one another, on narrow screens behind tabs. A comparison of layers
 * takes the place of all but layers while it is open, and of a fill that runs.
 */
export function SidePanel() {
  const isEvaluating = useAppState((state) => state.evaluator.isOpen);
  const narrow = useMedia('(max-width: 1180px)');
  if (narrow) return <FoldedSide />;
  return (
    <aside className="side" aria-label="Segmentation">
      {isEvaluating ? (
        <>
          <RunBesideEvaluation />
          <EvaluationSection />
        </>
      ) : (
        <>
          <RunAndOptions />
          <SegmentsSection />
        </>
      )}
      <LayersSection />
    </aside>
  );
}
