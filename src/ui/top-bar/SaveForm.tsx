import { type FormEvent, type ReactNode, useId } from 'react';
import { canPickFolder } from '../../state/save-file';
import {
  MOST_LEVEL,
  SAVE_TARGETS,
  type SaveOptions,
  suggestedName,
} from '../../state/save-options';
import { NumberField } from '../controls/NumberField';
import { Segmented } from '../controls/Segmented';
import { useAppState, useSession } from '../session-context';
import { SavedList } from './SavedList';
import { SavingProgress } from './SavingProgress';

const TARGETS = canPickFolder()
  ? SAVE_TARGETS
  : SAVE_TARGETS.filter((target) => target !== 'folder');
const WHERE: Readonly<Record<SaveOptions['target'], string>> = {
  zip: 'One file, which you are asked for.',
  folder: 'A folder of this name within the one that you are asked for.',
  browser: 'Kept by this browser, for this page alone.',
};
const CHUNKS = ['32', '64', '128'] as const;
const SHARDS = ['128', '256', '512', '1024'] as const;
const IDS = { '32 bits': 'uint32', '64 bits': 'uint64' } as const;
const ID_NAMES = ['32 bits', '64 bits'] as const;

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="save-row">
      <span className="dim">{name}</span>
      {children}
    </div>
  );
}

function Encoding() {
  const session = useSession();
  const { codec, level, shuffle, chunk, shard, dtype } = useAppState((state) => state.saveOptions);
  const set = (changes: Partial<SaveOptions>) => session.setSaveOptions(changes);
  const most = MOST_LEVEL[codec];
  return (
    <>
      <Row name="Codec">
        <Segmented
          label="Codec"
          value={codec}
          options={['zstd', 'blosc']}
          onChange={(value) => set({ codec: value, level: Math.min(level, MOST_LEVEL[value]) })}
        />
        <span className="dim">level</span>
        <NumberField
          label="Level of compression"
          value={level}
          min={1}
          max={most}
          step={1}
          onChange={(value) => set({ level: Math.round(value) })}
        />
        {codec === 'blosc' && (
          <Segmented
            label="Shuffle"
            value={shuffle}
            options={['none', 'byte', 'bit']}
            onChange={(value) => set({ shuffle: value })}
          />
        )}
      </Row>
      <Row name="Ids">
        <Segmented
          label="Ids"
          value={ID_NAMES.find((name) => IDS[name] === dtype) ?? '32 bits'}
          options={ID_NAMES}
          onChange={(value) => set({ dtype: IDS[value] })}
        />
      </Row>
      <Row name="Chunks">
        <Segmented
          label="Edge of a chunk"
          value={`${chunk}` as (typeof CHUNKS)[number]}
          options={CHUNKS}
          onChange={(value) => set({ chunk: Number(value) })}
        />
        <span className="dim">voxels an edge, read as one piece</span>
      </Row>
      <Row name="Shards">
        <Segmented
          label="Edge of a shard"
          value={`${shard}` as (typeof SHARDS)[number]}
          options={SHARDS}
          onChange={(value) => set({ shard: Number(value) })}
        />
        <span className="dim">voxels an edge, one file each</span>
      </Row>
    </>
  );
}

/** Where labels go and how they are stored; while they are saved, how far that is. */
export function SaveForm() {
  const session = useSession();
  const { target, name } = useAppState((state) => state.saveOptions);
  const suggested = useAppState(suggestedName);
  const saving = useAppState((state) => state.saving);
  const problem = useAppState((state) => state.notices.find(({ key }) => key === 'save')?.text);
  const nameId = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    session.dismissNotice('save');
    if (await session.saving.saveTo(target)) session.setSaverOpen(false);
  };
  return (
    <form className="save-form" onSubmit={submit}>
      <Row name="To">
        <Segmented
          label="Where to"
          value={target}
          options={TARGETS}
          onChange={(value) => session.setSaveOptions({ target: value })}
        />
        <span className="dim">{WHERE[target]}</span>
      </Row>
      <div className="save-row">
        <label htmlFor={nameId} className="dim">
          Name
        </label>
        <input
          id={nameId}
          className="text-field"
          spellCheck={false}
          placeholder={suggested}
          value={name}
          onChange={(event) => session.setSaveOptions({ name: event.target.value })}
        />
        <span className="dim">{target === 'zip' ? '.zarr.zip' : '.zarr'}</span>
      </div>
      <Encoding />
      {target === 'browser' && <SavedList />}
      <p className="save-problem" role="alert">
        {problem}
      </p>
      <footer className="save-foot">
        <SavingProgress />
        {saving ? (
          <button type="button" className="button" onClick={() => session.saving.cancel()}>
            Cancel
          </button>
        ) : (
          <button type="submit" className="button">
            Save
          </button>
        )}
      </footer>
    </form>
  );
}
