/** A canvas's size on the screen. */
export interface CanvasSize {
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** CSS pixels a device pixel spans. */
  readonly cssPerPixel: number;
}

/** Tells an element's size in device pixels, exact where the browser knows it, now and whenever it changes. */
export function watchSize(element: Element, changed: (size: CanvasSize) => void): () => void {
  const observer = new ResizeObserver((entries) => {
    const entry = entries.at(-1);
    if (!entry) return;
    const exact = entry.devicePixelContentBoxSize?.[0];
    const { width, height } = entry.contentRect;
    const widthPixels = devicePixels(width, exact?.inlineSize);
    const heightPixels = devicePixels(height, exact?.blockSize);
    // A hidden canvas keeps one pixel: it then asks the engine for next to nothing.
    changed({
      widthPixels: Math.max(1, widthPixels),
      heightPixels: Math.max(1, heightPixels),
      cssPerPixel: widthPixels > 0 ? width / widthPixels : 1 / devicePixelRatio,
    });
  });
  try {
    observer.observe(element, { box: 'device-pixel-content-box' });
  } catch {
    // Safari knows no device-pixel-content-box.
    observer.observe(element);
  }
  return () => observer.disconnect();
}

/** Browsers that emulate a pixel ratio tell sizes without it as exact: those are not believed. */
function devicePixels(cssPixels: number, exact: number | undefined): number {
  const expected = cssPixels * devicePixelRatio;
  return exact !== undefined && Math.abs(exact - expected) < 1.5 ? exact : Math.round(expected);
}
