/** Turns wheel events into what they mean: trackpads send many small ones, mice one large one a notch. */
export interface WheelTurn {
  readonly deltaX: number;
  readonly deltaY: number;
  readonly deltaMode: number;
  readonly shiftKey: boolean;
}

/** A mouse's smallest notch, and how far fingers move on a trackpad for one slice; CSS pixels. */
const NOTCH_PIXELS = 50;
const TRACKPAD_PIXELS = 24;

/** Where shift turns a vertical wheel into a horizontal one (macOS), it is still the same wheel. */
const amount = (turn: WheelTurn): number =>
  turn.deltaY === 0 && turn.shiftKey ? turn.deltaX : turn.deltaY;

/** Counts slices to step through: whole notches at once, small movements summed up. Shift makes ten of one. */
export function wheelSteps(): (turn: WheelTurn) => number {
  let rest = 0;
  return (turn) => {
    const delta = amount(turn);
    let steps: number;
    if (turn.deltaMode !== 0) {
      steps = Math.sign(delta);
    } else if (Math.abs(delta) >= NOTCH_PIXELS) {
      rest = 0;
      steps = Math.sign(delta) * Math.max(1, Math.round(Math.abs(delta) / 120));
    } else {
      if (rest * delta < 0) rest = 0;
      rest += delta;
      steps = Math.trunc(rest / TRACKPAD_PIXELS);
      rest -= steps * TRACKPAD_PIXELS;
    }
    return (turn.shiftKey ? 10 : 1) * steps + 0;
  };
}

/** What a wheel event multiplies nm per pixel by: e per 100 pixels as browsers report a pinch; 1.35 for a notch. */
export function wheelZoom(turn: WheelTurn): number {
  const pixels = turn.deltaMode === 0 ? amount(turn) : amount(turn) * 10;
  return Math.exp(Math.min(Math.max(pixels, -30), 30) / 100);
}
