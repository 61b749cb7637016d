import { Boxes, Grid3x3 } from 'lucide-react';
import { chosenModel, type FfnOptions, PRECISIONS } from '../../state/ffn-options';
import { Choice } from '../controls/Choice';
import { CommandButton } from '../controls/CommandButton';
import { Hover } from '../controls/Hover';
import { NumberField } from '../controls/NumberField';
import { Segmented } from '../controls/Segmented';
import { useAppState, useSession } from '../session-context';
import { FfnMarks } from './FfnMarks';
import { FillBox } from './FillBox';

const NORMALIZATIONS = ['model', 'volume'] as const;
const PROBABILITY = { min: 0.001, max: 0.999, step: 0.01 } as const;
const whole = (min: number, max: number) => ({ min, max, step: 1 });

type NumberOption = {
  [Key in keyof FfnOptions]-?: number extends FfnOptions[Key] ? Key : never;
}[keyof FfnOptions];

interface Option {
  readonly key: NumberOption;
  /** As google/ffn has it, where it has it. */
  readonly name: string;
  readonly about: string;
  readonly limits: { readonly min: number; readonly max: number; readonly step: number };
}

const OPTIONS: readonly Option[] = [
  {
    key: 'initActivation',
    name: 'init_activation',
    about: 'How sure the network is told to be of the seed.',
    limits: PROBABILITY,
  },
  {
    key: 'padProbability',
    name: 'pad_value',
    about: 'How likely a voxel that was not visited yet is to be object; the model’s own at first.',
    limits: PROBABILITY,
  },
  {
    key: 'moveThreshold',
    name: 'move_threshold',
    about: 'How sure it has to be of a place to look around there; the model’s own at first.',
    limits: PROBABILITY,
  },
  {
    key: 'segmentThreshold',
    name: 'segment_threshold',
    about: 'How sure it has to be of a voxel for the segment to have it.',
    limits: PROBABILITY,
  },
  {
    key: 'minSegmentSize',
    name: 'min_segment_size',
    about: 'A segment of fewer voxels is discarded.',
    limits: whole(0, 1e9),
  },
  {
    key: 'minBoundaryDist',
    name: 'min_boundary_dist',
    about: 'So close to a finished segment, in voxels, no seed is taken.',
    limits: whole(0, 16),
  },
  {
    key: 'discoSeedThreshold',
    name: 'disco_seed_threshold',
    about:
      'Where more than this share of a field of view is object, voxels once taken for something else stay so; negative: never.',
    limits: { min: -1, max: 1, step: 0.001 },
  },
  {
    key: 'maxSteps',
    name: 'max steps',
    about: 'Fields of view that are looked at for one object; 0: until it ends by itself.',
    limits: whole(0, 1e6),
  },
  {
    key: 'batch',
    name: 'batch',
    about:
      'Fields of view of one object that the network gets at once, where they do not overlap; 1: in google/ffn’s own order.',
    limits: whole(1, 16),
  },
  {
    key: 'blockRadius',
    name: 'block radius',
    about: 'Of the ball, in voxels, that Alt-click keeps an object out of.',
    limits: whole(0, 128),
  },
];

function NumberRow({ option: { key, name, about, limits } }: { option: Option }) {
  const session = useSession();
  const value = useAppState((state) => state.ffn.options[key]);
  const model = useAppState(chosenModel);
  const own = key === 'padProbability' || key === 'moveThreshold' ? model?.[key] : undefined;
  return (
    <div className="row row-fields">
      <Hover text={about} side="left">
        <span>{name}</span>
      </Hover>
      <NumberField
        {...limits}
        label={name}
        value={value ?? own ?? 0}
        onChange={(typed) =>
          session.ffn.setOptions({ [key]: key === 'maxSteps' && typed === 0 ? null : typed })
        }
      />
    </div>
  );
}

function ModelChoice() {
  const session = useSession();
  const models = useAppState((state) => state.models.list?.models);
  const chosen = useAppState(chosenModel);
  if (!models || !chosen)
    return (
      <>
        <p className="dim">
          A flood-filling network grows objects as a trained eye would. There is no model yet:
          import one first, such as a checkpoint of google/ffn.
        </p>
        <div>
          <CommandButton command="models" icon={Boxes} text="Manage models…" />
        </div>
      </>
    );
  return (
    <div className="row row-wide">
      <span>Model</span>
      <Choice
        label="Model"
        value={chosen.id}
        options={models.map(({ id }) => id)}
        show={(id) => models.find((model) => model.id === id)?.name ?? id}
        onChange={(model) =>
          // What the other model was trained for is not this one's.
          session.ffn.setOptions({ model, padProbability: null, moveThreshold: null })
        }
      />
    </div>
  );
}

/** In f16 where what networks run on has it; else that is greyed, and says why. */
function PrecisionChoice() {
  const session = useSession();
  const precision = useAppState((state) => state.ffn.options.precision);
  const withoutF16 = useAppState((state) => state.backend?.withoutF16 ?? null);
  const about =
    'What the network’s activations are stored in; f16 is faster on GPUs that have it, takes half the memory, and is less exact.';
  return (
    <div className="row row-wide">
      <Hover text={withoutF16 ? `${about} Not here: ${withoutF16}.` : about} side="left">
        <span>precision</span>
      </Hover>
      <Segmented
        label="precision"
        value={precision}
        options={PRECISIONS}
        whyNot={(option) => (option === 'f16' ? withoutF16 : null)}
        onChange={(value) => session.ffn.setOptions({ precision: value })}
      />
    </div>
  );
}

/** Has the network find seeds by itself, everywhere. */
function WholeVolume() {
  const isBoxed = useAppState((state) => state.fillOptions.box !== null);
  return (
    <div className="row row-wide">
      <span>All seeds</span>
      <CommandButton
        command="segment-volume"
        icon={Grid3x3}
        text={isBoxed ? 'Segment the box' : 'Segment the volume'}
        className="button"
      />
    </div>
  );
}

/** How the FFN tool turns a click into a segment. */
export function FfnOptionsSection() {
  const session = useSession();
  const normalization = useAppState((state) => state.ffn.options.normalization);
  return (
    <section className="section" aria-label="Flood-filling network">
      <header className="section-head">
        <h2>Flood-filling network</h2>
        <CommandButton command="models" icon={Boxes} />
      </header>
      <ModelChoice />
      <FfnMarks />
      {OPTIONS.map((option) => (
        <NumberRow key={option.key} option={option} />
      ))}
      <div className="row row-wide">
        <span>Grey values</span>
        <Segmented
          label="Grey values are normalised by"
          value={normalization}
          options={NORMALIZATIONS}
          onChange={(value) => session.ffn.setOptions({ normalization: value })}
        />
      </div>
      <PrecisionChoice />
      <FillBox />
      <WholeVolume />
      <p className="dim">
        Click grows an object. Shift-click gives the one that grows, or the selected one, another
        seed; Alt-click keeps it out of a ball; Ctrl-click collects seeds for the next click,
        Shift-Backspace drops the last.
      </p>
    </section>
  );
}
