import { Download, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Zyx } from '../../../core/vec';
import type { ModelInfo } from '../../../state/store';
import { NumberField } from '../../controls/NumberField';
import { TextField } from '../../controls/TextField';
import { formatMegabytes } from '../../format';
import { useSession } from '../../session-context';
import { TripleField } from './TripleField';

const MOST_VOXELS = 255;
const MOST_NM = 1e6;
const MOST_VALUE = 1e9;

/** Fields of view have a middle voxel. */
const odd = (zyx: Zyx): Zyx => zyx.map((size) => 2 * Math.floor(size / 2) + 1) as unknown as Zyx;

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="model-field">
      <span className="dim">{name}</span>
      {children}
    </div>
  );
}

/** What was said of a network, to be changed, and what can be done with it. */
export function ModelDetails({ model }: { model: ModelInfo }) {
  const session = useSession();
  const set = (changes: Partial<ModelInfo>) =>
    session.models.shown(session.models.update(model.id, changes));
  const { name, fieldOfViewZyx, deltasZyx, normalization } = model;
  return (
    <div className="model-details">
      {model.isAssumed && (
        <p className="model-assumed">
          Its files do not say its field of view and how far it moves: these are what google/ffn’s
          networks usually have. Look them up where it comes from.{' '}
          <button
            type="button"
            className="button"
            onClick={() => set({ fieldOfViewZyx, deltasZyx })}
          >
            They are right
          </button>
        </p>
      )}
      <Row name="Name">
        <TextField label="Name" value={name} onChange={(value) => set({ name: value })} />
      </Row>
      <Row name="Source">
        <TextField
          label="Source"
          value={model.source}
          placeholder="where it comes from"
          onChange={(source) => set({ source })}
        />
      </Row>
      <Row name="Licence">
        <TextField
          label="Licence"
          value={model.licence}
          placeholder="what its makers allow"
          onChange={(licence) => set({ licence })}
        />
      </Row>
      <Row name="Field of view">
        <TripleField
          label="Field of view"
          valueZyx={fieldOfViewZyx}
          {...{ min: 3, max: MOST_VOXELS, step: 2 }}
          onChange={(zyx) => set({ fieldOfViewZyx: odd(zyx) })}
        />
        <span className="dim">voxels</span>
      </Row>
      <Row name="Moves by">
        <TripleField
          label="Moves by"
          valueZyx={deltasZyx}
          {...{ min: 1, max: MOST_VOXELS, step: 1 }}
          onChange={(zyx) => set({ deltasZyx: zyx.map(Math.round) as unknown as Zyx })}
        />
        <span className="dim">voxels</span>
      </Row>
      <VoxelSize model={model} onChange={(voxelSizeNm) => set({ voxelSizeNm })} />
      <Row name="Normalised">
        <span className="dim">(value −</span>
        <NumberField
          label="Mean of the image"
          value={normalization.mean}
          {...{ min: -MOST_VALUE, max: MOST_VALUE, step: 0.1 }}
          onChange={(mean) => set({ normalization: { ...normalization, mean } })}
        />
        <span className="dim">) /</span>
        <NumberField
          label="Deviation of the image"
          value={normalization.deviation}
          {...{ min: 1e-6, max: MOST_VALUE, step: 0.1 }}
          onChange={(deviation) => set({ normalization: { ...normalization, deviation } })}
        />
      </Row>
      <Row name="Probabilities">
        <span className="dim">not seen yet</span>
        <Probability
          label="Probability of what was not seen yet"
          value={model.padProbability}
          onChange={(padProbability) => set({ padProbability })}
        />
        <span className="dim">moves at</span>
        <Probability
          label="Probability at which it moves"
          value={model.moveThreshold}
          onChange={(moveThreshold) => set({ moveThreshold })}
        />
      </Row>
      <ModelActions model={model} />
    </div>
  );
}

function VoxelSize({ model, onChange }: { model: ModelInfo; onChange(size: Zyx | null): void }) {
  const { voxelSizeNm } = model;
  const volumeSizeNm = useSession().state.volume?.voxelSizeNm ?? [8, 8, 8];
  return (
    <Row name="Voxel size">
      {voxelSizeNm ? (
        <>
          <TripleField
            label="Voxel size"
            valueZyx={voxelSizeNm}
            {...{ min: 0.001, max: MOST_NM, step: 0.1 }}
            onChange={onChange}
          />
          <span className="dim">nm</span>
          <button type="button" className="button" onClick={() => onChange(null)}>
            Not known
          </button>
        </>
      ) : (
        <>
          <span className="dim">not known</span>
          <button type="button" className="button" onClick={() => onChange(volumeSizeNm)}>
            Set
          </button>
        </>
      )}
    </Row>
  );
}

interface ProbabilityProps {
  readonly label: string;
  readonly value: number;
  onChange(value: number): void;
}

const Probability = (props: ProbabilityProps) => (
  <NumberField {...props} min={0.001} max={0.999} step={0.01} />
);

function ModelActions({ model }: { model: ModelInfo }) {
  const session = useSession();
  const { models } = session;
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="model-actions">
      <button
        type="button"
        className="button"
        onClick={() => models.shown(models.saveToFile(model))}
      >
        <Download aria-hidden />
        Save as safetensors…
      </button>
      <span className="dim number">
        {formatMegabytes(model.sizeBytes)}, {model.id}
      </span>
      {isAsking ? (
        <>
          <button
            type="button"
            className="button"
            onClick={() => models.shown(models.remove(model.id))}
          >
            Remove for good
          </button>
          <button type="button" className="button" onClick={() => setAsking(false)}>
            Keep
          </button>
        </>
      ) : (
        <button
          type="button"
          className="icon-button"
          aria-label={`Remove ${model.name}`}
          onClick={() => setAsking(true)}
        >
          <Trash2 aria-hidden />
        </button>
      )}
    </div>
  );
}
