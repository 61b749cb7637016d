/** What the pointer does in the slice views, for the sheet that lists it. */
export const gestures: readonly { readonly label: string; readonly gesture: string }[] = [
  { label: 'Use the active tool', gesture: 'click' },
  { label: 'Select: add or take away', gesture: 'Shift-click' },
  { label: 'Go there in all views', gesture: 'right-click' },
  { label: 'Through slices', gesture: 'wheel' },
  { label: 'Through slices by ten', gesture: 'Shift-wheel' },
  { label: 'Zoom at the pointer', gesture: 'Ctrl-wheel, pinch' },
  { label: 'Turn all slices about what is pressed', gesture: 'Shift-drag' },
  { label: 'Pan', gesture: 'Space-drag, middle-drag' },
  { label: 'Show a view alone, or all', gesture: 'double-click its name' },
];
