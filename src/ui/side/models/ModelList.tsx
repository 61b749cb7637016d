import { ChevronDown, ChevronRight, Trash2 } from 'lucide-react';
import type { ModelInfo } from '../../../state/store';
import { formatShape, formatVoxelSize } from '../../format';
import { useAppState, useSession } from '../../session-context';
import { ModelDetails } from './ModelDetails';

/** In a line: what it is made of, its field of view and steps, and what it was trained on. */
const factsOf = ({ depth, features, fieldOfViewZyx, deltasZyx, voxelSizeNm }: ModelInfo): string =>
  [
    `depth ${depth}`,
    `${features} features`,
    `${formatShape(fieldOfViewZyx)} by ${formatShape(deltasZyx)}`,
    ...(voxelSizeNm ? [formatVoxelSize(voxelSizeNm)] : []),
  ].join(' · ');

function ModelRow({ model }: { model: ModelInfo }) {
  const session = useSession();
  const isShown = useAppState((state) => state.models.shownId === model.id);
  const Chevron = isShown ? ChevronDown : ChevronRight;
  return (
    <li>
      <button
        type="button"
        className="model-row"
        aria-expanded={isShown}
        onClick={() => session.models.show(isShown ? null : model.id)}
      >
        <Chevron aria-hidden />
        <span className="ellipsis">{model.name}</span>
        {model.isAssumed && <span className="model-assumed">sizes assumed</span>}
        <span className="dim number">{factsOf(model)}</span>
      </button>
      {isShown && <ModelDetails model={model} />}
    </li>
  );
}

/** The networks that are kept, and those whose files are damaged. */
export function ModelList() {
  const session = useSession();
  const list = useAppState((state) => state.models.list);
  if (!list) return null;
  const { models, damaged, isKept } = list;
  return (
    <>
      {models.length + damaged.length === 0 && (
        <p className="dialog-empty">
          There is none yet. Networks that are imported stay in this browser.
        </p>
      )}
      <ul className="model-list" aria-label="Models">
        {models.map((model) => (
          <ModelRow key={model.id} model={model} />
        ))}
        {damaged.map(({ id, problem }) => (
          <li key={id} className="model-damaged">
            <span>{problem}</span>
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove ${id}`}
              onClick={() => session.models.shown(session.models.remove(id))}
            >
              <Trash2 aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {!isKept && (
        <p className="model-assumed">
          This browser keeps no files for pages here: networks are gone with the page.
        </p>
      )}
    </>
  );
}
