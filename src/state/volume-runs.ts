import type { VolumeResult } from '../engine/protocol';
import { chosenModel, paramsOf } from './ffn-options';
import { formatNumber } from './format-number';
import type { Session } from './session';

const NO_MODEL =
  'There is no model yet: a flood-filling network has to be imported before it can segment a volume. Choose “Manage models…” and drop a checkpoint of google/ffn there.';

/** What became of a run, in words. */
function told({ ids, voxels, discarded, resumed, joined }: VolumeResult): string {
  const more = [
    `${formatNumber(discarded)} seeds came to nothing`,
    ...(resumed > 0 ? [`${formatNumber(resumed)} objects were there from before`] : []),
    ...(joined > 0 ? [`${formatNumber(joined)} were joined across subvolumes`] : []),
  ];
  const segments = ids.length === 1 ? '1 segment' : `${formatNumber(ids.length)} segments`;
  return `${segments} of ${formatNumber(voxels)} voxels; ${more.join(', ')}.`;
}

/**
 * Segments the volume, or the fill tool's box if there is one, by the network that is chosen and with the tool's options, and says what
 * became of it; a run of the same that was broken off goes on.
 */
export async function segmentVolumeShown(session: Session): Promise<void> {
  if (!session.state.models.list) await session.models.refresh();
  const { ffn, fillOptions } = session.state;
  const model = chosenModel(session.state);
  if (!model) {
    session.inform(NO_MODEL, 'ffn');
    return;
  }
  const { box } = fillOptions;
  const result = await session.runs.segmentVolume({
    algorithm: 'ffn',
    params: paramsOf(ffn.options, model.id),
    ...(box ? { box } : {}),
  });
  session.inform(told(result), 'ffn');
  if (result.unreadBricks > 0)
    session.inform(
      `${formatNumber(result.unreadBricks)} bricks of the volume could not be read: there are no seeds in them, and objects may go on there.`,
      'unread',
    );
}
