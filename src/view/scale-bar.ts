/** A bar of a round length. */
export interface ScaleBar {
  readonly lengthNm: number;
  readonly pixels: number;
  readonly label: string;
}

/** The longest bar of 1, 2 or 5 times a power of ten nanometres that is at most `maximumPixels` long. */
export function scaleBar(nmPerPixel: number, maximumPixels: number): ScaleBar {
  const longestNm = nmPerPixel * maximumPixels;
  const decade = 10 ** Math.floor(Math.log10(longestNm));
  const lengthNm = ([5, 2].find((step) => step * decade <= longestNm) ?? 1) * decade;
  return { lengthNm, pixels: lengthNm / nmPerPixel, label: lengthLabel(lengthNm) };
}

/** A length in the unit that makes it a short number: nm, µm or mm. */
function lengthLabel(lengthNm: number): string {
  const [unit, nmPerUnit] =
    lengthNm >= 0.999e6 ? ['mm', 1e6] : lengthNm >= 0.999e3 ? ['µm', 1e3] : ['nm', 1];
  return `${Number((lengthNm / Number(nmPerUnit)).toPrecision(3))} ${unit}`;
}

/** The bar as an element; `show` gives it another length. */
export function scaleBarElement(): { element: HTMLElement; show: (bar: ScaleBar) => void } {
  const element = document.createElement('div');
  element.className = 'scale-bar';
  const line = document.createElement('div');
  line.className = 'scale-bar-line';
  const text = document.createElement('span');
  element.append(line, text);
  return {
    element,
    show(bar) {
      line.style.width = `${bar.pixels.toFixed(1)}px`;
      if (text.textContent !== bar.label) text.textContent = bar.label;
    },
  };
}
