import { Plus } from 'lucide-react';
import { CommandButton } from '../controls/CommandButton';
import { LayerList } from './layers/LayerList';

/** What is drawn in the slices, how strongly, and what lies over what. */
export function LayersSection() {
  return (
    <section className="section layers" aria-label="Layers">
      <header className="section-head">
        <h2>Layers</h2>
        <CommandButton command="add-layer" icon={Plus} />
      </header>
      <LayerList />
    </section>
  );
}
