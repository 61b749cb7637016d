import { floor, type Zyx } from '../core/vec';
import type { Session } from '../state/session';

/** The voxel that holds a continuous point; null outside the open volume. */
export function voxelInVolume(session: Session, pointZyx: Zyx): Zyx | null {
  const shapeZyx = session.state.volume?.shapeZyx;
  const voxel = floor(pointZyx);
  const inside = shapeZyx && voxel.every((at, axis) => at >= 0 && at < (shapeZyx[axis] ?? 0));
  return inside ? voxel : null;
}

/** Selects one segment, or adds it to or takes it from the selection; 0 is none, and clears what is not being added to. */
export function selectSegment(session: Session, id: number, toggle: boolean): void {
  if (toggle && id !== 0) session.toggleSelected(id);
  else if (!toggle) session.select(id === 0 ? [] : [id]);
}

/** The keys that are held with a click; `mod` is the command key on a Mac and the control key elsewhere. */
export interface HeldKeys {
  readonly shift: boolean;
  readonly alt: boolean;
  readonly mod: boolean;
}

/** A click of the network's tool: grows, or steers by another seed (Shift) or a block (Alt), or collects seeds (Ctrl). */
async function clickOfNetwork({ ffn }: Session, voxel: Zyx, held: HeldKeys): Promise<void> {
  if (held.shift) await ffn.addSeed(voxel);
  else if (held.alt) await ffn.addBlock(voxel);
  else if (held.mod) ffn.collect(voxel);
  else await ffn.growAt(voxel);
}

/** What a click of the active tool does at a continuous point of the volume. */
export async function applyTool(session: Session, pointZyx: Zyx, held: HeldKeys): Promise<void> {
  const voxel = voxelInVolume(session, pointZyx);
  const { tool } = session.state;
  if (tool === 'fill' && voxel) await session.fill.fillAt(voxel);
  if (tool === 'ffn' && voxel) await clickOfNetwork(session, voxel, held);
  if (tool !== 'select') return;
  try {
    selectSegment(session, voxel ? await session.engine.labelAt(voxel) : 0, held.shift);
  } catch (error) {
    session.report(error, 'select');
  }
}
