import type { ToolId } from '../../state/store';

/** Tools that have no options. */
export type PlainTool = Exclude<ToolId, 'fill' | 'ffn'>;

const HINTS: Readonly<Record<PlainTool, { title: string; text: string }>> = {
  select: {
    title: 'Select',
    text: 'Click a segment in a slice or in 3-D to select it; Shift adds and takes away.',
  },
  pan: {
    title: 'Pan',
    text: 'Drag a slice to move it; every tool pans while Space is held, and turns all slices while Shift is.',
  },
};

/** What a tool without options does. */
export function ToolHint({ tool }: { tool: PlainTool }) {
  const { title, text } = HINTS[tool];
  return (
    <section className="section" aria-label={title}>
      <header className="section-head">
        <h2>{title}</h2>
      </header>
      <p className="dim">{text}</p>
    </section>
  );
}
