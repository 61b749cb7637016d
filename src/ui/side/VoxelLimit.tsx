import { RangeSlider } from '../controls/RangeSlider';
import { formatShort } from '../format';
import { useAppState, useSession } from '../session-context';
import { limitOfPosition, NO_LIMIT, positionOfLimit } from './limit-scale';

/** Most voxels a fill may have, on a logarithmic scale that ends in no limit. */
export function VoxelLimit() {
  const session = useSession();
  const limit = useAppState((state) => state.fillOptions.voxelLimit);
  const text = limit === null ? 'none' : formatShort(limit);
  return (
    <div className="row">
      <span>Voxel limit</span>
      <RangeSlider
        values={[positionOfLimit(limit)]}
        min={0}
        max={NO_LIMIT}
        step={1}
        labels={['Voxel limit']}
        valueText={text}
        onChange={([position = NO_LIMIT]) =>
          session.fill.setOptions({ voxelLimit: limitOfPosition(position) })
        }
      />
      <span className="number row-value">{text}</span>
    </div>
  );
}
