import { Plus, Scale } from 'lucide-react';
import { CommandButton } from '../controls/CommandButton';
import { LayerList } from './layers/LayerList';

/** What is drawn in the slices, how strongly, and what lies over what. */
export function LayersSection() {
  return (
    <section className="section layers" aria-label="Layers">
      <header className="section-head">
        <h2>Layers</h2>
        <span>
          <CommandButton command="evaluate" icon={Scale} />
          <CommandButton command="add-layer" icon={Plus} />
        </span>
      </header>
      <LayerList />
    </section>
  );
}
