import { volumeOf, type Zyx } from '../../core/vec';

/** The plain twin of `halveInto`: a whole level, C-ordered, coarser by 1 or 2 along each axis. */
export function halveReference(ids: Uint32Array, shapeZyx: Zyx, stepZyx: Zyx) {
  const [nz, ny, nx] = shapeZyx;
  const [stepZ, stepY, stepX] = stepZyx;
  const coarseZyx: Zyx = [Math.ceil(nz / stepZ), Math.ceil(ny / stepY), Math.ceil(nx / stepX)];
  const coarse = new Uint32Array(volumeOf(coarseZyx));
  let at = 0;
  for (let z = 0; z < nz; z += stepZ)
    for (let y = 0; y < ny; y += stepY)
      for (let x = 0; x < nx; x += stepX) {
        const counts = new Map<number, number>();
        for (let dz = z; dz < Math.min(z + stepZ, nz); dz++)
          for (let dy = y; dy < Math.min(y + stepY, ny); dy++)
            for (let dx = x; dx < Math.min(x + stepX, nx); dx++) {
              const id = ids[(dz * ny + dy) * nx + dx] ?? 0;
              counts.set(id, (counts.get(id) ?? 0) + 1);
            }
        const most = Math.max(...counts.values());
        const frequent = [...counts.keys()].filter((id) => counts.get(id) === most);
        coarse[at++] = frequent.find((id) => id !== 0) ?? 0;
      }
  return { ids: coarse, shapeZyx: coarseZyx };
}
