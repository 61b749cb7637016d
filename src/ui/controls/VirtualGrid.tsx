import { useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, type KeyboardEvent, type MouseEvent, type ReactNode, useRef } from 'react';

const ROW_PIXELS = 23;
const PAGE_ROWS = 10;

/** Where the grid puts a row. */
export interface RowPlace {
  readonly id: string;
  readonly index: number;
  /** CSS pixels from the list's start. */
  readonly top: number;
}

interface RowProps {
  readonly place: RowPlace;
  readonly className: string;
  readonly selected: boolean;
  readonly 'data-hidden'?: boolean;
  onClick(event: MouseEvent): void;
  readonly onDoubleClick?: () => void;
  readonly children: ReactNode;
}

/** A row of a `VirtualGrid`, with `GridCell`s in it. */
export function GridRow({ place, className, selected, ...rest }: RowProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
    // biome-ignore lint/a11y/useSemanticElements: rows are virtualised and placed one by one.
    <div
      id={place.id}
      className={`grid-row ${className}`}
      role="row"
      aria-rowindex={place.index + 1}
      aria-selected={selected}
      style={{ transform: `translateY(${place.top}px)` }}
      {...rest}
    />
  );
}

interface CellProps {
  readonly className: string;
  /** What the cell says in short. */
  readonly title?: string;
  readonly children: ReactNode;
}

export function GridCell({ children, ...rest }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as for the row.
    // biome-ignore lint/a11y/useFocusableInteractive: as for the row.
    <span role="gridcell" {...rest}>
      {children}
    </span>
  );
}

interface GridProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  /** The element id of an item's row, the same in whatever order items come. */
  idOf(item: Item): string;
  /** The row that keys act on; -1 for none. */
  readonly activeIndex: number;
  readonly isMultiselectable?: boolean;
  /** Arrows, Page up and down, Home and End lead to another row; `add` while Shift is held. */
  onMove(item: Item, add: boolean): void;
  /** Any other key; returns whether it did something. */
  onKey(key: string): boolean;
  /** An item's `GridRow`. */
  children(item: Item, place: RowPlace): ReactNode;
}

/** A list of thousands of rows, of which only those in sight are in the page. It has the focus, not its rows. */
export function VirtualGrid<Item>({
  label,
  items,
  idOf,
  activeIndex,
  isMultiselectable,
  onMove,
  onKey,
  children,
}: GridProps<Item>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : idOf(item);
    },
    overscan: 6,
  });
  const active = items[activeIndex];

  const moveTo = (index: number, add: boolean) => {
    const to = Math.min(Math.max(index, 0), items.length - 1);
    const item = items[to];
    if (item === undefined) return;
    virtualizer.scrollToIndex(to);
    onMove(item, add);
  };

  const handleKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const rows: Readonly<Record<string, number>> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex - 1,
      PageDown: activeIndex + PAGE_ROWS,
      PageUp: activeIndex - PAGE_ROWS,
      Home: 0,
      End: items.length - 1,
    };
    const row = rows[event.key];
    if (row !== undefined) moveTo(row, event.shiftKey);
    else if (!onKey(event.key)) return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualised with a fixed row height.
    <div
      ref={scroller}
      className="virtual-grid"
      role="grid"
      aria-label={label}
      aria-multiselectable={isMultiselectable}
      aria-rowcount={items.length}
      aria-activedescendant={active === undefined ? undefined : idOf(active)}
      tabIndex={0}
      onKeyDown={handleKey}
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ key, index, start }) => {
          const item = items[index];
          return (
            item !== undefined && (
              <Fragment key={key}>{children(item, { id: idOf(item), index, top: start })}</Fragment>
            )
          );
        })}
      </div>
    </div>
  );
}
