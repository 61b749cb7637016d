import { IDENTITY } from '../core/quaternion';
import type { LevelGrid } from '../core/slice-geometry';
import { volumeOf, type Zyx } from '../core/vec';
import type { Files } from '../volume/testing/array-files';
import { type Fault, type FileServer, serveFiles } from '../volume/testing/file-server';
import { Engine } from './engine';
import type {
  BackendChoice,
  Budgets,
  DisplayState,
  EngineEvent,
  Layer,
  SliceView,
  ViewId,
} from './protocol';
import { type ReferenceLayer, type ReferenceLevel, renderReference } from './slices/reference';
import type { EngineSurroundings } from './surroundings';
import { asCanvas, TestCanvas } from './testing-canvas';
import { testSurroundings } from './testing-surroundings';

export const VIEWS = ['xy', 'zy', 'xz'] as const;

/** A look at a volume of some 40 × 70 × 131 voxels, with a border and odd sizes. */
export const LOOK: SliceView = {
  centerZyx: [20.2, 33.3, 64.4],
  orientation: IDENTITY,
  nmPerPixel: 4.07,
  widthPixels: 143,
  heightPixels: 101,
};

export const displayOf = (...layers: readonly Layer[]): DisplayState => ({
  layers,
  overlaysOff: false,
  imagesOff: false,
  selectedIds: [],
  hiddenIds: [],
});

/** A level for the plain twin: each voxel's value by its index. */
export const wholeLevel = (
  level: LevelGrid,
  at: (index: number) => number,
  isLoaded = (_: Zyx) => true,
): ReferenceLevel => ({
  level,
  voxels: Array.from({ length: volumeOf(level.shapeZyx) }, (_, index) => at(index)),
  isLoaded,
});

/** What could not be read, as the latest statistics have it. */
export const unreadOf = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.type === 'statistics' ? [event.statistics.unread] : [])).at(-1);

/** An engine under Node with what it tells, canvases for its views, and servers of files; `end` lets go of all. */
export class TestEngine {
  readonly events: EngineEvent[] = [];
  readonly canvases: ReadonlyMap<ViewId, TestCanvas> = new Map(
    VIEWS.map((view) => [view, new TestCanvas()]),
  );
  readonly engine: Engine;
  private readonly servers: FileServer[] = [];

  constructor(changes: Partial<EngineSurroundings> = {}) {
    this.engine = new Engine(testSurroundings(changes));
  }

  start(backend: BackendChoice, budgets: Partial<Budgets> = {}) {
    return this.engine.start((event) => this.events.push(event), backend, budgets);
  }

  /** Serves files; returns the address of their root. */
  async serve(files: Files, fault?: (key: string) => Fault | undefined): Promise<string> {
    const server = await serveFiles(files, fault);
    this.servers.push(server);
    return server.url;
  }

  /** Gives all views their canvases, and where to look, if that is said. */
  async attachViews(look?: SliceView): Promise<void> {
    for (const [view, canvas] of this.canvases) {
      await this.engine.attachView(view, asCanvas(canvas));
      if (look) this.engine.setView(view, look);
    }
  }

  /** In each view that looks as `LOOK` does where the first byte lies that is not the plain twin's, -1 for none. */
  differences(volumeShapeZyx: Zyx, voxelSizeNm: Zyx, layers: readonly ReferenceLayer[]): number[] {
    return [...this.canvases].map(([view, { pixels }]) => {
      const expected = renderReference(view, LOOK, {
        volumeShapeZyx,
        voxelSizeNm,
        layers,
        selectedIds: [],
        hiddenIds: [],
      });
      return pixels.length === expected.length
        ? pixels.findIndex((byte, index) => byte !== expected[index])
        : Number.NaN;
    });
  }

  async end(): Promise<void> {
    this.engine.dispose();
    await Promise.all(this.servers.map((server) => server.close()));
  }
}
