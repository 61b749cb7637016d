import { Tabs } from 'radix-ui';
import { useAppState } from '../session-context';
import { useMedia } from '../use-media';
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
      {tool === 'fill' ? <FillOptionsSection /> : <ToolHint tool={tool} />}
    </>
  );
}

function FoldedSide() {
  return (
    <Tabs.Root className="side" defaultValue="fill" asChild>
      <aside aria-label="Segmentation">
        <Tabs.List className="side-tabs" aria-label="Segmentation">
          <Tabs.Trigger value="fill">Fill</Tabs.Trigger>
          <Tabs.Trigger value="segments">Segments</Tabs.Trigger>
          <Tabs.Trigger value="layers">Layers</Tabs.Trigger>
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
      </aside>
    </Tabs.Root>
  );
}

/** What runs, the tool's options, segments and layers: below one another, on narrow screens behind tabs. */
export function SidePanel() {
  const narrow = useMedia('(max-width: 1180px)');
  if (narrow) return <FoldedSide />;
  return (
    <aside className="side" aria-label="Segmentation">
      <RunAndOptions />
      <SegmentsSection />
      <LayersSection />
    </aside>
  );
}
