import { Slider } from 'radix-ui';

interface Props {
  /** One value for one thumb, two for a range. */
  readonly values: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** What each thumb sets, for those who cannot see it. */
  readonly labels: readonly string[];
  readonly valueText?: string;
  readonly disabled?: boolean;
  onChange(values: readonly number[]): void;
  /** The values when a thumb is let go, or was moved by a key. */
  onCommit?(values: readonly number[]): void;
}

/** A slider with one or two thumbs. */
export function RangeSlider(props: Props) {
  const { values, min, max, step, labels, valueText } = props;
  return (
    <Slider.Root
      className="slider"
      value={values.map((value) => Math.min(Math.max(value, min), max))}
      min={min}
      max={max}
      step={step}
      disabled={props.disabled ?? false}
      onValueChange={props.onChange}
      onValueCommit={(values) => props.onCommit?.(values)}
    >
      <Slider.Track className="slider-track">
        <Slider.Range className="slider-range" />
      </Slider.Track>
      {labels.map((label) => (
        <Slider.Thumb
          key={label}
          className="slider-thumb"
          aria-label={label}
          aria-valuetext={valueText}
        />
      ))}
    </Slider.Root>
  );
}
